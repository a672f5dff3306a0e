from datetime import date
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from ...tools.instalments import generate
from ...tools.plan_state import judge_plan
from ...tools.working_days import deadline
from ..base.collection_guard import is_uninstalling, with_ours
from ..base.plausible_values import check_plausible


class CollectionPlan(models.Model):
    """Instalments or a deferral that a customer in difficulty gets (P4.2, P6.2).

    One person proposes it, the manager approves it, the customer accepts it. While it performs,
    its items are not chased. Their due dates stay as they are: ageing is never dressed up.
    Amounts are in the currency that the customer owes. A plan remembers what was open when it
    was made (``collection.agreement.item``): cash that settles that counts for it.
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
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False,
        precompute=True, required=True, help="What the customer owes is in it.",
    )
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
        "Minimum Kept (%)", default=100.0, digits=(5, 2),
        help="Share of what is due that is enough.",
    )
    grace_days = fields.Integer(
        "Grace (Working Days)", default=3, help="Working days after a due date that still count."
    )
    line_ids = fields.One2many("collection.plan.line", "plan_id", "Schedule", copy=True)
    amount_interest = fields.Monetary("Interest", compute="_compute_amount_interest")
    amount_received = fields.Monetary("Received", readonly=True, copy=False)
    interest_state = fields.Selection(
        [("asked", "To Be Charged"), ("posted", "Charged"), ("waived", "Waived")],
        "Interest Is", readonly=True, copy=False, tracking=True,
        help="Interest is charged by a debit note of its own. A plan is not completed before it"
        " is paid or waived.",
    )
    interest_waived_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    interest_waive_reason = fields.Char("Why Interest Is Waived", readonly=True, copy=False)
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
    is_written = fields.Boolean(
        "Accepted in Writing", copy=False,
        help="Signed, or accepted by e-mail or on the customer's page: limitation starts anew"
        " where the law says so.",
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
    _sealed_sums = {"amount": ("line_ids", ("amount",))}
    _people_changed_by = "changed_by_id"
    _people_create = {"case_id", "currency_id"}
    _people_write = {
        "draft": {
            "item_ids", "amount", "count", "date_first", "unit", "every", "annual_rate",
            "tolerance", "grace_days", "line_ids", "note",
        },
        ("draft", "approved"): {"date_accepted", "accepted_by", "is_written"},
    }

    @api.depends("case_id", "amount")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "Plan of %(case)s", case=plan.case_id.display_name or ""
            )

    @api.depends("case_id")
    def _compute_currency_id(self):
        for plan in self:
            plan.currency_id = (
                plan.case_id._get_debt_currency() or plan.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("case_id", "currency_id")
    def _compute_item_ids(self):
        for plan in self:
            own = plan.currency_id | plan.company_id.currency_id
            plan.item_ids = plan.case_id.line_ids.filtered(
                lambda line, plan=plan, own=own: not line.reconciled and line.collection_tier_id
                and (plan.currency_id == plan.company_id.currency_id or line.currency_id in own)
            )

    @api.depends("item_ids")
    def _compute_amount(self):
        for plan in self:
            plan.amount = plan._get_amount_owed()

    def _get_amount_owed(self):
        """What is open of the items now, in the currency of the plan."""
        self.ensure_one()
        # What is owed is no secret to who may see the plan.
        items_sudo = self.sudo().item_ids
        if self.currency_id == self.company_id.currency_id:
            return sum(items_sudo.mapped("amount_residual"))
        return sum(
            items_sudo.filtered(lambda line: line.currency_id == self.currency_id).mapped(
                "amount_residual_currency"
            )
        )

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
            if plan.state == "draft":
                plan._check_not_above_owed()

    def _check_not_above_owed(self):
        """Raise a ``ValidationError`` if the plan asks for more than is open."""
        self.ensure_one()
        owed = self._get_amount_owed()
        if self.currency_id.compare_amounts(self.amount, owed) > 0:
            raise ValidationError(
                self.env._(
                    "The plan is over %(amount)s, but only %(owed)s is owed. Generate the schedule"
                    " again.",
                    amount=self.currency_id.format(self.amount),
                    owed=self.currency_id.format(owed),
                )
            )

    @api.constrains("date_first")
    def _check_first_day(self):
        for plan in self.filtered(lambda plan: plan.state == "draft"):
            today = plan.company_id._get_collection_today()
            if plan.date_first < today:
                raise ValidationError(
                    self.env._(
                        "The first payment by %(date)s is past: today is %(today)s.",
                        date=format_date(self.env, plan.date_first),
                        today=format_date(self.env, today),
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if {"case_id", "currency_id", "item_ids"} & vals.keys():
            self._remember_items()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [with_ours(vals, user_id=self.env.uid) for vals in vals_list]
        plans = super().create(vals_list)
        plans._remember_items()
        return plans

    def _remember_items(self, since=None):
        """Remember what is open of the items: payments from now on count.

        :param date since: payments from this day on count, also those that are booked already
        """
        if not self:
            return
        self.env["account.move.line"].flush_model()
        self.flush_recordset()
        self.env["collection.agreement.item"].sudo()._remember("plan_id", SQL(
            """SELECT plan.id AS agreement_id, plan.currency_id, %s::date AS date_from,
                      rel.line_id
                 FROM collection_plan plan
                 JOIN collection_plan_move_line_rel rel ON rel.plan_id = plan.id
                WHERE plan.id = ANY(%s)""",
            since, self.ids,
        ))

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
        self._check_first_day()
        for plan in self:
            plan._check_not_above_owed()
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
            plan._remember_items()
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
            plan._check_alone()
            plan._check_first_day()
            plan._check_not_above_owed()
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

    def _check_alone(self):
        """Raise a ``UserError`` if another plan of the case performs already."""
        for plan in self:
            other = plan.sudo().search([
                ("case_id", "=", plan.case_id.id), ("state", "=", "performing"),
                ("id", "!=", plan.id),
            ], limit=1)
            if other:
                raise UserError(
                    self.env._(
                        "%(case)s has a plan that is being paid already: %(amount)s from"
                        " %(date)s. Cancel it before another one takes its place.",
                        case=plan.case_id.display_name,
                        amount=other.currency_id.format(other.amount),
                        date=format_date(self.env, other.date_first),
                    )
                )

    def action_accept(self):
        """The customer has accepted: from now on the plan's items are not chased.

        What the schedule has of interest is asked for as a late charge.
        """
        self._lock()
        self.filtered(lambda plan: plan.state == "approved")._check_seals()
        for plan in self:
            plan._check_alone()
            if plan.state != "approved":
                raise UserError(
                    self.env._("“%(plan)s” is not approved yet.", plan=plan.display_name)
                )
            if not (plan.accepted_by or "").strip():
                raise UserError(
                    self.env._("Write down who accepted the plan for the customer, and how.")
                )
            today = plan.company_id._get_collection_today()
            accepted = plan.date_accepted or today
            if accepted < today:
                plan._remember_items(accepted)
            asked = "asked" if plan.currency_id.compare_amounts(plan.amount_interest, 0) else False
            plan._set_state("performing", date_accepted=accepted, interest_state=asked)
        self._on_accepted()

    def _on_accepted(self):
        """Called once for plans that the customer has just accepted.

        Implemented in models/flow/collection_plan.py.
        """

    # Interest of a schedule: charged by two people, or waived (P4.2).

    def _note_interest(self, state, lines=None):
        """Say what became of the interest; ``lines`` are the items that it is owed on now."""
        # Whoever charges need not have a right on plans.
        plans_sudo = self.sudo().filtered("interest_state")
        plans_sudo.write({"interest_state": state})
        for plan_sudo in plans_sudo:
            for line_sudo in (lines or self.env["account.move.line"]).sudo():
                plan_sudo.env["collection.agreement.item"].create({
                    "plan_id": plan_sudo.id,
                    "line_id": line_sudo.id,
                    "company_id": plan_sudo.company_id.id,
                    "currency_id": plan_sudo.currency_id.id,
                    "amount": line_sudo.amount_currency,
                    "settled": {},
                })
        plans_sudo._judge_on_payment()

    def action_waive_interest(self, reason=None):
        """Let the interest of these plans go before it is charged; a manager's, with a reason.

        What is charged already is waived by a credit note, on the charge.
        """
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager waives a plan's interest."))
        self._lock()
        for plan in self:
            if plan.interest_state != "asked":
                raise UserError(
                    self.env._(
                        "No interest of “%(plan)s” waits to be charged.", plan=plan.display_name
                    )
                )
            words = (reason or plan.note or "").strip()
            if not words:
                raise UserError(
                    self.env._("Write down in the notes why the interest is waived.")
                )
            plan.check_access("write")
            # The step writes what nobody types.
            plan.sudo().write({
                "interest_waived_by_id": self.env.uid, "interest_waive_reason": words,
            })
        self._on_interest_waived()
        self._note_interest("waived")

    def _on_interest_waived(self):
        """Called for plans whose interest is waived before it is charged.

        Implemented in models/flow/collection_plan.py.
        """

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
        """See at once what a payment that has just arrived or gone does to these plans."""
        # Whoever posts the payment need not have a right on the plans.
        plans_sudo = self.sudo().filtered(
            lambda plan: plan.state in ("performing", "completed", "broken")
        )
        for company, plans in plans_sudo.grouped("company_id").items():
            plans._judge(company._get_collection_today(), only_completed=True)

    def _judge(self, as_of, only_completed=False):
        """Judge these plans by the cash received up to a day, inclusive.

        A completed plan whose money went away performs again, or is broken; a broken one
        performs again only if its instalments turn out to have been paid in time.

        :param only_completed: leave those performing that are not completed: the night
            judges them
        """
        # What was matched just now is there, whatever day it was booked on.
        received = self._get_received(date.max if only_completed else as_of)
        changed, ended = self.browse(), self.browse()
        for plan in self.filtered(
            lambda plan: plan.state in ("performing", "completed", "broken")
        ):
            amount = received[plan]
            if plan.currency_id.compare_amounts(plan.amount_received, amount):
                plan.sudo().amount_received = amount
            state = plan._get_state(amount, as_of)
            if plan.state == "broken" and state == "performing" and not plan._is_paid_in_time(
                as_of
            ):
                continue
            if only_completed and plan.state == "performing" and state != "completed":
                continue
            if state == plan.state:
                continue
            # Whoever posts the payment need not see the other plans.
            if state == "performing" and self.sudo().search_count([
                ("case_id", "=", plan.case_id.id), ("state", "=", "performing"),
            ], limit=1):
                state = "cancelled"  # another plan has taken its place
            plan._set_state(state)
            changed |= plan
            if state == "broken":
                ended |= plan
        ended._on_broken(as_of)
        return changed

    def _get_received(self, as_of):
        """By plan, the cash that came for it up to a day, inclusive."""
        received = self.env["collection.agreement.item"]._get_received(
            "plan_id", [(plan.id, as_of) for plan in self]
        )
        return {plan: plan.currency_id.round(float(received.get(plan.id, 0))) for plan in self}

    def _get_state(self, amount, as_of):
        """What the plan is at the end of a day when so much was received.

        Interest counts once it is charged; until it is, or is waived, nothing is completed.
        """
        self.ensure_one()
        state = judge_plan(
            self._get_instalments(),
            Decimal(str(amount)),
            as_of,
            Decimal(str(self.tolerance)),
            Decimal(str(self.currency_id.rounding)),
        )
        if state == "completed" and self.interest_state == "asked":
            return "performing"
        return state

    def _is_paid_in_time(self, as_of):
        """Whether each instalment due before a day was paid by its last day."""
        self.ensure_one()
        return all(
            self._get_state(self._get_received(last)[self], fields.Date.add(last, days=1))
            != "broken"
            for last, _amount in self._get_instalments() if last < as_of
        )

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
                Decimal(str(line._get_amount_asked())),
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
