from . import (
    collection_overdue_list,
)
