from . import (
    collection_case_file,
    collection_overdue_list,
    collection_statement,
)
