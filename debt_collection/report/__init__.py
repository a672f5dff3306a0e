from . import (
    collection_case_file_report,
    collection_dashboard_report,
    collection_letter_report,
    collection_statement_report,
)
