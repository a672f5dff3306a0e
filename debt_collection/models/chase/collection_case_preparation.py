from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..base.collection_guard import OURS
from ..policy.collection_policy_step import METHODS

PLAN = ("plan_method", "plan_date", "plan_user_id")
PAPERS = ("contract", "statement", "delivery")


class CollectionCase(models.Model):
    """Preparation: the review of the customer, the papers, and the individual plan (P3.3)."""

    _inherit = "collection.case"

    business_note = fields.Text("Business Situation")
    financial_note = fields.Text("Financial Position")
    credit_note = fields.Text("Credit Record")
    plan_method = fields.Selection(METHODS, "Method", tracking=True, copy=False)
    plan_date = fields.Date("First Contact On", tracking=True, copy=False)
    plan_user_id = fields.Many2one(
        "res.users", "Person Responsible", domain=[("share", "=", False)], tracking=True,
        copy=False,
    )
    plan_note = fields.Text("Approach", copy=False)
    waive_reason = fields.Char(
        "Preparation Waived Because", readonly=True, tracking=True, copy=False
    )
    document_ids = fields.One2many("collection.case.document", "case_id", "Papers")
    history_invoice_count = fields.Integer("Invoices Paid", compute="_compute_payment_history")
    history_days_late = fields.Float(
        "Average Days Late", compute="_compute_payment_history", digits=(16, 1)
    )
    history_share_late = fields.Float(
        "Paid Late", compute="_compute_payment_history", help="Share of the items paid, by number."
    )
    history_broken_count = fields.Integer("Broken Promises", compute="_compute_payment_history")
    history_dso = fields.Float(
        "DSO", compute="_compute_payment_history", digits=(16, 0),
        help="Days sales outstanding: open balance / sales of the last 365 days × 365.",
    )

    task_force_ids = fields.One2many("collection.task.force", "case_id", "Task Forces")
    task_force_id = fields.Many2one(
        "collection.task.force", "Task Force at Work", compute="_compute_task_force_id"
    )
    _people_write = {
        "*": {
            "business_note", "financial_note", "credit_note", "plan_method", "plan_date",
            "plan_user_id", "plan_note", "document_ids", "task_force_ids",
        },
    }

    @api.depends("partner_id", "company_id", "amount_overdue")
    def _compute_payment_history(self):
        """The customer's record in the ledger, one query for all of the cases."""
        history = self._get_payment_history()
        for case in self:
            row = history.get((case.partner_id.id, case.company_id.id), {})
            paid = row.get("paid") or 0
            case.history_invoice_count = paid
            case.history_days_late = row.get("days_late") or 0
            case.history_share_late = (row.get("late") or 0) / paid if paid else 0
            case.history_broken_count = row.get("broken") or 0
            sales = row.get("sales") or 0
            case.history_dso = (row.get("balance") or 0) / sales * 365 if sales > 0 else 0

    def _get_payment_history(self):
        """By (customer id, company id), what the ledger says of how the customer pays."""
        for model in ("account.move", "account.move.line", "account.partial.reconcile",
                      "collection.promise", "collection.case"):
            self.env[model].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT customer.commercial_partner_id AS partner_id, line.company_id,
                       COUNT(*) FILTER (WHERE line.reconciled AND line.balance > 0) AS paid,
                       COUNT(*) FILTER (WHERE line.reconciled AND line.balance > 0
                                          AND settled.date > line.date_maturity) AS late,
                       AVG(settled.date - line.date_maturity)
                           FILTER (WHERE line.reconciled AND line.balance > 0) AS days_late,
                       SUM(line.amount_residual) AS balance,
                       SUM(line.balance) FILTER (
                           WHERE move.move_type IN ('out_invoice', 'out_refund')
                             AND line.date > %(today)s - 365) AS sales,
                       (SELECT COUNT(*) FROM collection_promise promise
                         WHERE promise.partner_id = customer.commercial_partner_id
                           AND promise.company_id = line.company_id
                           AND promise.state IN ('partial', 'broken')) AS broken
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner customer ON customer.id = line.partner_id
     LEFT JOIN LATERAL (SELECT MAX(partial.max_date) AS date
                          FROM account_partial_reconcile partial
                         WHERE partial.debit_move_id = line.id) settled ON TRUE
                 WHERE line.parent_state = 'posted'
                   AND line.company_id = ANY(%(companies)s)
                   AND customer.commercial_partner_id = ANY(%(partners)s)
              GROUP BY customer.commercial_partner_id, line.company_id
                """,
                today=fields.Date.context_today(self),
                companies=self.company_id.ids,
                partners=self.partner_id.ids,
            )
        )
        return {(row["partner_id"], row["company_id"]): row for row in rows}

    def _is_prepared(self):
        """Whether steps may begin: the plan names method, date and person, or was waived."""
        self.ensure_one()
        if self.stage != "preparation" and not (
            self.stage == "new" and self.policy_id.preparation_required
        ):
            return True
        return self._is_planned()

    def _check_prepared(self, vals):
        """A case leaves the preparation only with a plan, or a waiver (P3.3)."""
        if vals.get("stage") in ("first", "midterm", "severe", "legal"):
            for case in self:
                if case.stage == "preparation" and not case._is_planned(vals):
                    raise UserError(
                        self.env._(
                            "The case %(case)s is not prepared. Name the method, the date and"
                            " the person responsible in its plan, or let the manager waive it.",
                            case=case.display_name,
                        )
                    )

    def _is_planned(self, vals=()):
        """Whether the plan names method, date and person, or was waived.

        :param vals: values about to be written, which count already
        """
        self.ensure_one()
        values = {name: self[name] for name in (*PLAN, "waive_reason")} | dict(vals)
        return bool(values["waive_reason"] or all(values[name] for name in PLAN))

    def action_prepare(self):
        """Begin the preparation: the papers that are usual are listed (P3.3)."""
        for case in self:
            if case.stage not in ("new", "first", "midterm", "severe"):
                raise UserError(
                    self.env._(
                        "The case %(case)s cannot be prepared at its stage.",
                        case=case.display_name,
                    )
                )
            case.stage = "preparation"
            missing = set(PAPERS) - set(case.document_ids.mapped("kind"))
            self.env["collection.case.document"].create(
                [{"case_id": case.id, "kind": kind} for kind in PAPERS if kind in missing]
            )

    def _waive_preparation(self, reason):
        """Let the chase begin without a complete plan; the manager's decision, with a reason."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager may waive a preparation."))
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason why the preparation is waived."))
        self.check_access("write")
        # Checked above; nobody writes the reason of a waiver directly.
        self.sudo().write({"waive_reason": reason.strip()})
        self.env["collection.decision"]._note("preparation", self, "waive_reason")

    # The task force of a severe case (P3.6).

    @api.depends("task_force_ids.state")
    def _compute_task_force_id(self):
        for case in self:
            case.task_force_id = case.task_force_ids.filtered(
                lambda force: force.state == "active"
            )[:1]

    @api.constrains("lead_id")
    def _check_lead_is_member(self):
        """The lead sees the case like every member."""
        for case in self.filtered("lead_id"):
            if case.lead_id not in case.member_ids:
                case.member_ids += case.lead_id

    def _tell_task_force_of_people(self):
        """Lead or members were written; the task force itself need not be told of its own."""
        if self.env.context.get("collection_task_force_kept") is not OURS:
            # Who changes the people of a case need not be invited to its meetings.
            self.sudo().task_force_id._follow_people()

    def _needs_task_force(self):
        """Whether the policy gives the case a task force by itself."""
        self.ensure_one()
        policy = self._get_policy()
        return (
            self.stage == "severe"
            and policy.task_force_auto
            and self.currency_id.compare_amounts(
                self.amount_overdue, policy.task_force_amount
            ) >= 0
        )

    def _end_task_force(self):
        # Whoever posts the payment has no right on task forces.
        forces_sudo = self.env["collection.task.force"].sudo().search(
            [("case_id", "in", self.ids), ("state", "=", "active")]
        )
        for company, forces in forces_sudo.grouped("company_id").items():
            forces._end(company._get_collection_today())

    def action_form_task_force(self):
        """Set up the task force now; open it."""
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._(
                    "The case %(case)s is closed: it needs no task force.", case=self.display_name
                )
            )
        force = self.task_force_id
        if not force:
            today = self.company_id._get_collection_today()
            force = self.env["collection.task.force"]._form(self, today)
            force._plan_meetings(today)
            force._plan_reviews(today)
        return force._get_records_action()

    @api.readonly
    def action_view_task_force(self):
        self.ensure_one()
        return self.task_force_ids.sorted("state")[:1]._get_records_action()

