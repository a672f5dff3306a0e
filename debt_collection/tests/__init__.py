from .agreement import (
    test_collection_agreement_item,
    test_collection_case_hold,
    test_collection_dispute,
    test_collection_dispute_owner,
    test_collection_plan,
    test_collection_promise,
    test_collection_promise_evaluate,
)
from .assessment import (
    test_assessment_ledger,
    test_assessment_traps,
    test_collection_assessment,
    test_collection_assessment_money,
    test_collection_assessment_writeoff,
    test_collection_case_survey,
    test_collection_reward,
    test_collection_target,
    test_collection_target_progress,
    test_grading_rule,
    test_indicators_rule,
)
from .base import (
    test_collection_mixin,
    test_collection_opening,
    test_company_language,
    test_core_models,
    test_ir_cron_marks,
    test_rmb_capitals_rule,
    test_working_days,
)
from .case import (
    test_assignment_rule,
    test_collection_case,
    test_collection_case_assignment,
    test_collection_case_classify,
    test_collection_case_confidential,
    test_collection_case_owner_history,
    test_collection_trial,
    test_trial_rule,
)
from .charge import (
    test_account_move_line_charge,
    test_collection_charge,
    test_collection_charge_access,
    test_collection_charge_terms,
    test_collection_rate,
    test_collection_rate_import,
    test_late_charge_histories,
    test_late_charge_rule,
    test_rate_file,
)
from .chase import (
    test_collection_activity_log,
    test_collection_case_escalate,
    test_collection_case_risk,
    test_collection_task_force,
    test_next_action_rule,
    test_replay_rule,
)
from .contact import (
    test_collection_activity,
    test_collection_case_mail,
    test_collection_contact_rule,
    test_collection_guideline,
    test_collection_word,
    test_contact_window_rule,
    test_contact_zones_rule,
    test_reply_rule,
)
from .desk import (
    test_collection_case_worklist,
    test_collection_day_tour,
    test_collection_desk,
    test_collection_desk_tour,
    test_collection_load,
)
from .flow import (
    test_bad_input,
    test_collection_case_night,
    test_collection_case_notice,
    test_collection_case_tour,
    test_collection_office_tour,
    test_collection_reply,
    test_forged,
    test_integration,
    test_ledger_replay,
    test_ledger_year,
    test_partner_merge,
    test_people_fields,
    test_policy_replay,
    test_readonly,
    test_roles,
    test_rpc_guards,
    test_simulation,
    test_sudo_reasons,
)
from .ledger import (
    test_account_move_access,
    test_account_move_line_ageing,
    test_ageing_rule,
    test_collection_cash,
    test_collection_money,
    test_collection_statement,
    test_collection_tier,
    test_money_matching_rule,
)
from .legal import (
    test_collection_case_file,
    test_collection_lawyer_letter,
    test_collection_legal_action,
    test_collection_legal_gate,
    test_collection_limitation,
    test_country_packs,
    test_court_records,
    test_court_rule,
    test_evidence_rule,
    test_limitation_rule,
)
from .letter import (
    test_amount_rule,
    test_collection_letter,
    test_collection_letter_pages,
    test_collection_letter_pause,
    test_collection_letter_run,
    test_collection_letter_send,
    test_collection_letter_step,
    test_ir_actions_report,
    test_letter_copies,
    test_letter_recipients,
    test_letter_rule,
)
from .policy import test_company_without_policy
from .portal import (
    test_collection_portal,
)
from .position import (
    test_collection_case_credit,
    test_collection_case_money,
    test_collection_position,
    test_position_events,
    test_position_everywhere,
    test_position_month,
    test_position_rule,
    test_position_table,
)
from .posting import (
    test_chart_accounts_rule,
    test_collection_accounting_setup,
    test_posting_locks,
    test_trial_balance,
)
from .provision import (
    test_collection_loss_rate,
    test_collection_provision,
    test_collection_provision_specific,
    test_collection_writeoff_provision,
    test_provision_rule,
)
from .record import (
    test_approval_race,
    test_approval_seal,
    test_collection_archiving,
    test_collection_erasure,
    test_collection_seal,
    test_sealed_models,
)
from .reporting import (
    test_collection_ageing_report,
    test_collection_cash_forecast,
    test_collection_cash_report,
    test_collection_cash_week,
    test_collection_dashboard,
    test_collection_lateness,
    test_collection_overdue_list,
    test_collection_progress_report,
    test_collection_roll_rate,
    test_payment_outlook,
    test_payment_outlook_ledgers,
    test_payment_outlook_rule,
)
from .sales import (
    test_collection_sales_task,
)
from .setup import (
    test_chinese_day,
    test_onboarding,
    test_res_config_settings,
    test_res_config_settings_charge,
)
from .writeoff import (
    test_collection_recovery,
    test_collection_writeoff,
    test_writeoff_rule,
)
