from . import (
    collection_case_assign,
    collection_preparation_waive,
    collection_sales_note,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
