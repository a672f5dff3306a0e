from . import (
    collection_accounting_setup,
    collection_case_assign,
    collection_credit_match,
    collection_preparation_waive,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
