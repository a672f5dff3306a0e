from . import (
    collection_overdue_list,
    collection_statement,
)
