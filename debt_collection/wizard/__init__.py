from . import (
    collection_case_assign,
    collection_next_action,
    collection_preparation_waive,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
