from . import (
    collection_letter_report,
    collection_statement_report,
)
