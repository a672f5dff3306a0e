from . import (
    collection_case_assign,
    collection_contact_wish,
    collection_preparation_waive,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
