from . import (
    collection_assessment,
    collection_overdue_list,
    collection_statement,
)
