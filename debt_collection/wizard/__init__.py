from . import (
    collection_case_assign,
    collection_letter_run,
    collection_preparation_waive,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
