from . import (
    collection_assessment,
    collection_case_file,
    collection_cash_week,
    collection_overdue_list,
    collection_portal,
    collection_portal_entry,
    collection_provision,
    collection_reward,
    collection_seal,
    collection_statement,
    collection_survey,
)
