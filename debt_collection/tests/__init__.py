from . import (
    test_account_move_access,
    test_account_move_line_ageing,
    test_ageing_rule,
    test_collection_activity,
    test_collection_case,
    test_collection_case_classify,
    test_collection_case_tour,
    test_collection_dispute,
    test_collection_overdue_list,
    test_collection_promise,
    test_collection_tier,
    test_ledger_replay,
)
