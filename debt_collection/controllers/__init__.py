from . import (
    collection_assessment,
    collection_overdue_list,
    collection_portal,
    collection_portal_entry,
    collection_reward,
    collection_statement,
    collection_survey,
)
