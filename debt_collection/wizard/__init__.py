from . import (
    collection_assessment_appeal,
    collection_case_assign,
    collection_preparation_waive,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
