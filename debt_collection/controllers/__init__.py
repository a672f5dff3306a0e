from . import (
    collection_overdue_list,
    collection_portal,
    collection_portal_entry,
    collection_provision,
    collection_statement,
)
