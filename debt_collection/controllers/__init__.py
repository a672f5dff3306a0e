from . import (
    collection_overdue_list,
    collection_seal,
    collection_statement,
)
