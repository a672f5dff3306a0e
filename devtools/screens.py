"""The screens that `./dev shot` takes pictures of: one line each, in reading order."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """A screen of the web client, the portal or the website.

    :param name: name of the picture, without `.png`
    :param path: address behind the server's; `{id}` stands for the record found
    :param login: who looks at it; the password is the same
    :param model: model of the record whose id goes into the path
    :param domain: which record of the model, the first one found
    :param order: order in which the record is the first
    :param wait: CSS selector of what must be visible
    :param click: CSS selectors clicked one after the other before the picture
    :param action: method of the record found whose answer is a URL action: the screen's address
    :param height: height of the window in pixels
    :param width: its width; 375 is a phone's
    """

    name: str
    path: str
    login: str = "admin"
    model: str = ""
    domain: tuple = ()
    order: str = "id"
    wait: str = ".o_view_controller, .o_action, #wrap"
    click: tuple = ()
    action: str = ""
    height: int = 768
    width: int = 1366


CASES = "/odoo/action-debt_collection.collection_case_action"
INVOICES = "/odoo/action-debt_collection.collection_invoice_action"
CUSTOMERS = "/odoo/action-debt_collection.collection_partner_action"
WRITEOFFS = "/odoo/action-debt_collection.collection_writeoff_action"
LEGAL = "/odoo/action-debt_collection.collection_legal_action_action"
ASSESSMENTS = "/odoo/action-debt_collection.collection_assessment_action"
LISTS = "/odoo/action-debt_collection.collection_overdue_list_action"
OPEN_CASE = {
    "model": "collection.case",
    "domain": (("stage", "!=", "closed"), ("user_id.login", "=", "collector")),
    "order": "amount_promised desc, amount_overdue desc",
}

# Menus that open a list with nothing more to show.
PLAIN = (
    ("contacts", "collection_activity_action"),
    ("promises", "collection_promise_action"),
    ("payment-plans", "collection_plan_action"),
    ("steps", "collection_case_step_action"),
    ("sales-tasks", "collection_sales_task_action"),
    ("portal-entries", "collection_portal_request_action"),
    ("satisfaction", "collection_survey_action"),
    ("payment-habits", "collection_payment_habit_action"),
    ("unmatched-credits", "collection_credit_action"),
    ("rewards", "collection_reward_action"),
    ("letters-to-post", "collection_letter_action_post"),
    ("letters-failed", "collection_letter_action_failed"),
    ("legal-costs", "collection_legal_cost_action"),
    ("law-firms", "collection_law_firm_action"),
    ("provision-shares", "collection_provision_share_action"),
    ("rate-values", "collection_rate_value_action"),
    ("assignment-periods", "collection_case_assignment_period_action"),
    ("seals", "collection_seal_action"),
    ("access-log", "collection_access_log_action"),
    ("case-exports", "collection_case_export_action"),
    ("erasures", "collection_erasure_action"),
    ("archiving", "collection_archiving_action"),
    ("guidelines", "collection_guideline_action"),
    ("contact-rules", "collection_contact_rule_action"),
    ("words", "collection_word_action"),
    ("call-guides", "collection_call_guide_action"),
    ("reasons", "collection_reason_action"),
    ("dispute-reasons", "collection_dispute_reason_action"),
    ("write-off-reasons", "collection_writeoff_reason_action"),
    ("legal-requirements", "collection_legal_requirement_action"),
    ("reward-rules", "collection_reward_rule_action"),
)

SCREENS = (
    Screen("cases", CASES),
    Screen("cases-list", CASES, click=("button.o_list",), wait=".o_kanban_view, .o_list_view"),
    Screen("cases-calendar", CASES, click=("button.o_calendar",)),
    Screen("cases-pivot", CASES, click=("button.o_pivot",)),
    Screen("cases-graph", CASES, click=("button.o_graph",)),
    Screen("cases-to-dos", CASES, click=("button.o_activity",)),
    Screen("my-cases", "/odoo/action-debt_collection.collection_case_action_my", login="collector"),
    Screen("desk", "/odoo/desk", login="collector", wait=".o_desk_case"),
    Screen(
        "desk-promise",
        "/odoo/desk",
        login="collector",
        click=(".o_desk_call_bar button[name=promise]",),
        wait=".o_desk_panel, .o_desk_case",
    ),
    Screen(
        "desk-letter",
        "/odoo/desk",
        login="collector",
        click=(".o_desk_call_bar button[name=statement]",),
        wait=".o_desk_preview, .o_desk_case",
    ),
    Screen(
        "desk-invoice",
        "/odoo/desk",
        login="collector",
        click=(".o_desk_invoices button[name=pdf]",),
        wait=".o_desk_pdf iframe, .o_desk_case",
    ),
    Screen("desk-phone", "/odoo/desk", login="collector", wait=".o_desk_row", width=375),
    Screen(
        "desk-phone-case",
        "/odoo/desk",
        login="collector",
        click=(".o_desk_row",),
        wait=".o_desk_case, .o_desk_row",
        width=375,
        height=1200,
    ),
    Screen("my-day", "/odoo/my-day", login="collector", wait=".o_collection_progress"),
    Screen(
        "my-day-log-call",
        "/odoo/my-day",
        login="collector",
        click=(".o_data_row button:has(.fa-phone)",),
        wait=".modal .o_form_view, .o_collection_progress",
        height=900,
    ),
    Screen(
        "dashboard",
        "/odoo/action-debt_collection.collection_dashboard_action",
        login="manager",
        wait=".o_collection_dashboard",
        height=1850,
    ),
    Screen(
        "dashboard-collector",
        "/odoo/action-debt_collection.collection_dashboard_action",
        login="collector",
        wait=".o_collection_dashboard",
        height=1000,
    ),
    Screen("cash-collected", "/odoo/action-debt_collection.collection_cash_report_action"),
    Screen("team", "/odoo/team-day", login="manager", wait=".o_collection_progress"),
    Screen(
        "load", "/odoo/action-debt_collection.collection_load_action", login="manager", height=500
    ),
    Screen(
        "task-force",
        "/odoo/task-forces/{id}",
        login="manager",
        model="collection.task.force",
        domain=(("recovery_plan", "!=", False),),
        height=900,
    ),
    Screen(
        "progress-report",
        "/odoo/collection-progress/{id}",
        login="manager",
        model="collection.progress.report",
        domain=(("kind", "=", "week"),),
        height=1080,
    ),
    Screen("case", CASES + "/{id}", height=900, **OPEN_CASE),
    Screen("case-collector", CASES + "/{id}", login="collector", height=900, **OPEN_CASE),
    Screen(
        "case-contacts",
        CASES + "/{id}",
        click=("a.nav-link[name=contacts]",),
        height=900,
        **OPEN_CASE,
    ),
    Screen(
        "case-log-contact",
        CASES + "/{id}",
        login="collector",
        click=(".o_form_statusbar button[data-hotkey=l]",),
        wait=".modal .o_form_view, .o_form_view",
        height=900,
        **OPEN_CASE,
    ),
    Screen(
        "case-steps",
        CASES + "/{id}",
        click=("a.nav-link[name=contacts]",),
        height=900,
        **OPEN_CASE,
    ),
    Screen(
        "policies",
        "/odoo/action-debt_collection.collection_policy_action/{id}",
        model="collection.policy",
    ),
    Screen("invoices", INVOICES),
    Screen(
        "invoice",
        INVOICES + "/{id}",
        model="account.move",
        domain=(("collection_tier_id", "!=", False), ("collection_case_id", "!=", False)),
        order="amount_residual desc",
    ),
    Screen(
        "invoice-collector",
        INVOICES + "/{id}",
        login="collector",
        model="account.move",
        domain=(("collection_case_id.user_id.login", "=", "collector"),),
        order="amount_residual desc",
    ),
    Screen("overdue-items", "/odoo/action-debt_collection.collection_overdue_item_action"),
    Screen("customers", CUSTOMERS),
    Screen(
        "customer",
        CUSTOMERS + "/{id}",
        model="res.partner",
        domain=(("collection_case_ids.promise_ids", "!=", False),),
        click=("a.nav-link[name=collection]",),
    ),
    Screen(
        "dispute",
        "/odoo/action-debt_collection.collection_dispute_action/{id}",
        model="collection.dispute",
        height=900,
    ),
    Screen(
        "legal-action",
        LEGAL + "/{id}",
        model="collection.legal.action",
        height=1000,
    ),
    Screen(
        "legal-action-court",
        LEGAL + "/{id}",
        model="collection.legal.action",
        click=("a.nav-link[name=court]",),
        height=1000,
    ),
    Screen("legal-actions", LEGAL),
    Screen(
        "lawyer-letter",
        "/report/html/debt_collection.collection_letter_report_pages/{id}",
        model="collection.letter",
        domain=(("kind", "=", "lawyer"),),
        wait=".page",
        height=1000,
    ),
    Screen("legal-hearings", "/odoo/action-debt_collection.collection_legal_hearing_action"),
    Screen("overdue-lists", LISTS),
    Screen("overdue-list", LISTS + "/{id}", model="collection.overdue.list", order="id desc"),
    Screen("collection-plan", "/odoo/action-debt_collection.collection_target_action_plan"),
    Screen("assessments", ASSESSMENTS),
    Screen(
        "assessment",
        ASSESSMENTS + "/{id}",
        model="collection.assessment",
        domain=(("user_id.login", "=", "collector"),),
        order="month desc",
        height=900,
    ),
    Screen("assessment-trend", "/odoo/action-debt_collection.collection_assessment_line_action"),
    Screen("tiers", "/odoo/action-debt_collection.collection_tier_action"),
    Screen(
        "late-charge",
        "/odoo/action-debt_collection.collection_charge_action/{id}",
        login="manager",
        model="collection.charge",
        domain=(("state", "!=", "draft"),),
        height=900,
    ),
    Screen("late-charges", "/odoo/action-debt_collection.collection_charge_action"),
    Screen(
        "late-charge-terms",
        "/odoo/action-debt_collection.collection_charge_terms_action/{id}",
        model="collection.charge.terms",
        domain=(("rate_id.code", "=", "BOE"),),
    ),
    Screen(
        "reference-rate",
        "/odoo/action-debt_collection.collection_rate_action/{id}",
        model="collection.rate",
        domain=(("code", "=", "ECB"),),
    ),
    Screen("letters", "/odoo/action-debt_collection.collection_letter_action"),
    Screen(
        "letter",
        "/odoo/action-debt_collection.collection_letter_action/{id}",
        model="collection.letter",
        domain=(("state", "=", "delivered"),),
        height=900,
    ),
    Screen(
        "letter-draft",
        "/odoo/action-debt_collection.collection_letter_action/{id}",
        login="manager",
        model="collection.letter",
        domain=(("state", "=", "draft"), ("kind", "in", ("dunning", "final"))),
        click=("a.nav-link[name=text]",),
        height=900,
    ),
    Screen(
        "letter-run",
        "/odoo/action-debt_collection.collection_letter_run_action",
        click=("footer button[name=action_preview]",),
        wait=".modal .o_list_view, .o_form_view .o_list_renderer, .modal .o_form_view",
        height=900,
    ),
    Screen(
        "letter-template",
        "/odoo/action-debt_collection.collection_letter_template_action/{id}",
        model="collection.letter.template",
        domain=(("kind", "=", "dunning"),),
        height=900,
    ),
    Screen("limitation", "/odoo/action-debt_collection.collection_limitation_action"),
    Screen(
        "limitation-law",
        "/odoo/action-debt_collection.collection_limitation_rule_action/{id}",
        model="collection.limitation.rule",
    ),
    Screen("provisions", "/odoo/action-debt_collection.collection_provision_action"),
    Screen(
        "provision",
        "/odoo/action-debt_collection.collection_provision_action/{id}",
        model="collection.provision",
        login="finance",
        height=900,
    ),
    Screen(
        "provision-customers",
        "/odoo/action-debt_collection.collection_provision_action/{id}",
        model="collection.provision",
        click=("a.nav-link[name=customers]",),
        height=900,
    ),
    Screen(
        "provision-specific",
        "/odoo/action-debt_collection.collection_provision_specific_action/{id}",
        model="collection.provision.specific",
    ),
    Screen("loss-rates", "/odoo/action-debt_collection.collection_loss_rate_action"),
    Screen("ageing", "/odoo/action-debt_collection.collection_ageing_report_action"),
    Screen("ageing-months", "/odoo/action-debt_collection.collection_ageing_snapshot_action"),
    Screen("cash-forecast", "/odoo/action-debt_collection.collection_cash_forecast_action"),
    Screen(
        "expected-and-received",
        "/odoo/action-debt_collection.collection_cash_outlook_line_action",
        wait=".o_graph_renderer canvas, .o_view_nocontent",
    ),
    Screen("cash-outlook", "/odoo/action-debt_collection.collection_cash_outlook_action"),
    Screen("expected-payments", "/odoo/action-debt_collection.collection_payment_outlook_action"),
    Screen("approvals", "/odoo/collection-approvals", login="manager"),
    Screen(
        "statement",
        CASES + "/{id}",
        login="collector",
        click=("button.oe_stat_button:has(.fa-table)",),
        wait=".modal .o_form_view, .o_form_view",
        **OPEN_CASE,
    ),
    Screen("settings", "/odoo/action-debt_collection.collection_settings_action"),
    Screen("write-offs", WRITEOFFS),
    Screen(
        "write-off",
        WRITEOFFS + "/{id}",
        model="collection.writeoff",
        domain=(("state", "=", "posted"),),
        height=900,
    ),
    Screen(
        "write-off-new",
        CASES + "/{id}",
        click=(".o_collection_more_toggle", ".o-dropdown--menu button[name=action_write_off]"),
        wait=".o_form_view .o_field_widget[name=reason_id], .o_form_view",
        height=900,
        **OPEN_CASE,
    ),
    Screen("written-off-debts", "/odoo/action-debt_collection.collection_writeoff_line_action"),
    Screen(
        "recovery",
        "/odoo/action-debt_collection.collection_recovery_action/{id}",
        model="collection.recovery",
        height=900,
    ),
    Screen("case-manager", CASES + "/{id}", login="manager", **OPEN_CASE),
    Screen(
        "case-more",
        CASES + "/{id}",
        login="manager",
        click=(".o_collection_more_toggle",),
        **OPEN_CASE,
    ),
    Screen("accounting-setup", "/odoo/action-debt_collection.collection_accounting_setup_action"),
    Screen("portal", "", wait="#wrap", action="action_open_portal", height=1200, **OPEN_CASE),
    Screen(
        "portal-phone",
        "",
        wait="#wrap",
        action="action_open_portal",
        height=1500,
        width=375,
        **OPEN_CASE,
    ),
    Screen(
        "order",
        "/odoo/action-sale.action_quotations_with_onboarding/{id}",
        model="sale.order",
        domain=(("partner_id.name", "=", "Cobalt Ridge Mining"),),
    ),
    *(Screen(name, f"/odoo/action-debt_collection.{action}") for name, action in PLAIN),
)
