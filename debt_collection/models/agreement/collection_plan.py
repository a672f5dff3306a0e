from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools.instalments import generate
from ...tools.plan_state import judge_plan
from ...tools.working_days import deadline
from ..base.collection_guard import is_uninstalling, with_ours
from ..base.plausible_values import check_plausible


class CollectionPlan(models.Model):
    """Instalments or a deferral that a customer in difficulty gets (P4.2, P6.2).

    One person proposes it, the manager approves it, the customer accepts it. While it performs,
    its items are not chased. Their due dates stay as they are: ageing is never dressed up.
    Amounts are in the company's currency.
    """

    _name = "collection.plan"
    _description = "Payment Plan"
    _inherit = ["collection.mixin", "mail.thread", "collection.locked", "collection.sealed"]
    _order = "date_first desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_plan_move_line_rel",
        "plan_id",
        "line_id",
        "Items",
        compute="_compute_item_ids",
        store=True,
        readonly=False,
        domain="[('collection_case_id', '=', case_id), ('reconciled', '=', False)]",
        copy=False,
    )
    amount = fields.Monetary(
        "Amount of the Plan", compute="_compute_amount", store=True, readonly=False,
        copy=False,
    )
    count = fields.Integer("Instalments", default=3, required=True)
    date_first = fields.Date(
        "First Payment By", required=True, default=fields.Date.context_today,
        help="Last day to pay, inclusive; later ones keep this day of the month.",
    )
    unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months")], required=True, default="month"
    )
    every = fields.Integer("One Every", default=1, required=True)
    annual_rate = fields.Float(
        "Interest (% a Year)", digits=(6, 3), help="On what is still owed; 0: none."
    )
    tolerance = fields.Float(
        "Enough (%)", default=100.0, digits=(5, 2), help="Share of what is due that is enough."
    )
    grace_days = fields.Integer(
        "Grace (Working Days)", default=3, help="Working days after a due date that still count."
    )
    line_ids = fields.One2many("collection.plan.line", "plan_id", "Schedule", copy=True)
    amount_interest = fields.Monetary("Interest", compute="_compute_amount_interest")
    amount_received = fields.Monetary("Received", readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", "Proposed By", required=True, default=lambda self: self.env.user,
        readonly=True, copy=False,
    )
    changed_by_id = fields.Many2one(
        "res.users", "Terms Changed By", readonly=True, copy=False,
        help="Who wrote the terms last: another person approves them.",
    )
    approved_by = fields.Many2one("res.users", readonly=True, copy=False)
    date_approved = fields.Date("Approved On", readonly=True, copy=False)
    date_accepted = fields.Date(
        "Accepted On", copy=False, help="Payments from this day on count; empty: today."
    )
    accepted_by = fields.Char(
        copy=False, help="Who accepted it for the customer, and how."
    )
    note = fields.Text()
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("performing", "Performing"),
            ("completed", "Completed"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
        copy=False,
    )
    _one_performing = models.UniqueIndex(
        "(case_id) WHERE state = 'performing'", "A case has one performing plan at a time."
    )
    _values = models.Constraint(
        "CHECK(count BETWEEN 1 AND 120 AND every BETWEEN 1 AND 366 AND grace_days >= 0"
        " AND annual_rate >= 0 AND tolerance > 0 AND tolerance <= 100)",
        "A plan has 1 to 120 instalments, one in 1 to 366 periods, a grace and interest of zero"
        " or more, and is kept from a share of more than 0 and at most 100 percent.",
    )

    _sealed_fields = (
        "case_id", "company_id", "amount", "annual_rate", "tolerance", "grace_days", "user_id",
        "approved_by", "date_approved",
    )
    _sealed_lines = {"line_ids": (("date_due", "amount", "interest"), ())}
    _people_changed_by = "changed_by_id"
    _people_create = {"case_id"}
    _people_write = {
        "draft": {
            "item_ids", "amount", "count", "date_first", "unit", "every", "annual_rate",
            "tolerance", "grace_days", "line_ids", "note",
        },
        ("draft", "approved"): {"date_accepted", "accepted_by"},
    }

    @api.depends("case_id", "amount")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "Plan of %(case)s", case=plan.case_id.display_name or ""
            )

    @api.depends("case_id")
    def _compute_item_ids(self):
        for plan in self:
            plan.item_ids = plan.case_id.line_ids.filtered(
                lambda line: not line.reconciled and line.collection_tier_id
            )

    @api.depends("item_ids")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.item_ids.mapped("amount_residual"))

    @api.depends("line_ids.interest")
    def _compute_amount_interest(self):
        for plan in self:
            plan.amount_interest = sum(plan.line_ids.mapped("interest"))

    @api.constrains("amount", "item_ids", "case_id")
    def _check_amount(self):
        for plan in self.filtered(lambda plan: plan.state in ("draft", "approved")):
            items = plan.item_ids
            if not items or plan.currency_id.compare_amounts(plan.amount, 0) <= 0:
                raise ValidationError(
                    self.env._("A plan needs items that are still open, and an amount.")
                )
            if items.collection_case_id != plan.case_id:
                raise ValidationError(
                    self.env._("All items of a plan belong to its case.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [with_ours(vals, user_id=self.env.uid) for vals in vals_list]
        return super().create(vals_list)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_used(self):
        if is_uninstalling(self):
            return
        self._check_draft()

    def _check_draft(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(plan)s” is %(state)s: what was agreed is not changed any more. Cancel"
                        " it and propose a new one.",
                        plan=plan.display_name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            plan.state
                        ],
                    )
                )

    def action_generate(self):
        """Fill the schedule from amount, number and first date."""
        self._check_draft()
        for plan in self:
            try:
                instalments = generate(
                    Decimal(str(plan.amount)), plan.count, plan.date_first, plan.unit, plan.every,
                    Decimal(str(plan.annual_rate)), Decimal(str(plan.currency_id.rounding)),
                )
            except ValueError:
                raise UserError(
                    self.env._(
                        "%(amount)s cannot be divided into %(count)s instalments above zero.",
                        amount=plan.amount, count=plan.count,
                    )
                ) from None
            plan.line_ids = [Command.clear()] + [
                Command.create({
                    "date_due": instalment.due,
                    "amount": float(instalment.principal),
                    "interest": float(instalment.interest),
                })
                for instalment in instalments
            ]

    def _set_state(self, state, **vals):
        self.check_access("write")
        # Checked above; the steps alone write these, see `write`.
        self.sudo().write({"state": state, **vals})

    def action_approve(self):
        """Approve these drafts; another person than the one who proposed them."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager approves payment plans."))
        self._lock()
        self._check_draft()
        for plan in self:
            if self.env.user.id in {plan.user_id.id, plan.changed_by_id.id}:
                raise UserError(
                    self.env._(
                        "You proposed or changed “%(plan)s” yourself: another manager approves"
                        " it.",
                        plan=plan.display_name,
                    )
                )
            plan._check_schedule()
            plan._set_state(
                "approved",
                approved_by=self.env.uid,
                date_approved=plan.company_id._get_collection_today(),
            )
        self._on_approved()
        # Sealed last: who holds the end of the chain lets others wait.
        self._seal()

    def _on_approved(self):
        """Called once for plans that were just approved.

        Implemented in models/flow/collection_plan.py.
        """

    def _check_schedule(self):
        """Raise a ``UserError`` unless the instalments add up to the amount."""
        self.ensure_one()
        total = sum(self.line_ids.mapped("amount"))
        if not self.line_ids or self.currency_id.compare_amounts(total, self.amount):
            raise UserError(
                self.env._(
                    "The instalments of “%(plan)s” add up to %(total)s, not to %(amount)s."
                    " Generate the schedule again.",
                    plan=self.display_name, total=total, amount=self.amount,
                )
            )

    def action_accept(self):
        """The customer has accepted: from now on the plan's items are not chased."""
        self._lock()
        for plan in self:
            if plan.state != "approved":
                raise UserError(
                    self.env._("“%(plan)s” is not approved yet.", plan=plan.display_name)
                )
            if not (plan.accepted_by or "").strip():
                raise UserError(
                    self.env._("Write down who accepted the plan for the customer, and how.")
                )
            accepted = plan.date_accepted or plan.company_id._get_collection_today()
            plan._set_state("performing", date_accepted=accepted)

    def action_cancel(self):
        """End these plans before they are completed; the chase goes on."""
        self._lock()
        for plan in self:
            if plan.state in ("completed", "broken", "cancelled"):
                raise UserError(
                    self.env._("“%(plan)s” has ended already.", plan=plan.display_name)
                )
        self._set_state("cancelled")

    # Plans judged by the money that came, all payments together.

    @api.model
    def _evaluate(self, as_of, companies=None):
        """Judge the performing plans at the end of a day; tell of broken ones.

        :return: the plans that changed
        """
        domain = [("state", "=", "performing")]
        if companies:
            domain.append(("company_id", "in", companies.ids))
        # The job works for everybody; payments may come from users without the role.
        return self.sudo().search(domain)._judge(as_of)

    def _judge_on_payment(self):
        """See at once whether the payment that has just arrived completes a plan."""
        # Whoever posts the payment need not have a right on the plans.
        plans_sudo = self.sudo().filtered(lambda plan: plan.state == "performing")
        for company, plans in plans_sudo.grouped("company_id").items():
            plans._judge(company._get_collection_today(), only_completed=True)

    def _judge(self, as_of, only_completed=False):
        received = self.env["collection.case"]._get_cash_received(
            [(plan.id, plan.case_id.id, plan.date_accepted, as_of) for plan in self],
            {plan.id: plan.item_ids.ids for plan in self},
        )
        changed = self.browse()
        for plan in self:
            amount = plan.currency_id.round(float(received.get(plan.id, 0)))
            if plan.currency_id.compare_amounts(plan.amount_received, amount):
                plan.amount_received = amount
            state = judge_plan(
                plan._get_instalments(),
                Decimal(str(amount)),
                as_of,
                Decimal(str(plan.tolerance)),
                Decimal(str(plan.currency_id.rounding)),
            )
            if state == "performing" or (only_completed and state != "completed"):
                continue
            plan._set_state(state)
            changed |= plan
        changed.filtered(lambda plan: plan.state == "broken")._on_broken(as_of)
        return changed

    def _get_instalments(self):
        """Last day to pay with the grace, and amount, for each instalment in order."""
        self.ensure_one()
        lines = self.line_ids.sorted("date_due")
        working_days = []
        if self.grace_days:
            working_days = self.company_id._get_collection_working_days(
                lines[0].date_due,
                fields.Date.add(lines[-1].date_due, days=3 * self.grace_days + 60),
            )
        return [
            (
                deadline(line.date_due, self.grace_days, "working", working_days),
                Decimal(str(line.amount)),
            )
            for line in lines
        ]

    def _on_broken(self, as_of):
        """Called once for plans that were just judged broken.

        Implemented in models/flow/collection_plan.py.
        """

    # A plan proposed while the customer is on the phone (P4.2).

    def action_propose(self):
        """Make the schedule from the small form, and ask the manager to approve it."""
        self.action_generate()
        for plan in self:
            plan.case_id._tell_manager(
                self.env._("A payment plan waits for your approval: %(plan)s",
                           plan=plan.display_name)
            )
        return {"type": "ir.actions.act_window_close"}

    @api.constrains("amount", "date_first", "date_accepted")
    def _check_plausible(self):
        check_plausible(self, ("amount", "date_first", "date_accepted"))
