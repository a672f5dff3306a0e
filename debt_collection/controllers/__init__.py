from . import (
    collection_overdue_list,
    collection_provision,
    collection_statement,
)
