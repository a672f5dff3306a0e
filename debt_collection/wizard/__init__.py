from . import (
    collection_accounting_setup,
    collection_case_assign,
    collection_credit_match,
    collection_loss_history,
    collection_loss_history_line,
    collection_loss_history_measure,
    collection_next_action,
    collection_preparation_waive,
    collection_sales_note,
    collection_statement,
    collection_step_preview,
    collection_tier_ladder,
)
