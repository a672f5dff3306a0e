from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..base.collection_guard import is_uninstalling, with_ours
from .collection_indicator import DEFAULT_WEIGHTS, INDICATORS, LOWER_IS_BETTER, USUAL

KINDS = [("amount", "Cash to Collect"), *INDICATORS]
"""The collection plan of P2.1, and the indicators of P5.1."""
EXAMPLE_MONTH = date(2000, 1, 1)
"""Examples stand before all months: what a company sets itself comes later."""
HISTORY = 3
"""Months whose average is proposed."""


class CollectionTarget(models.Model):
    """What a collector is to reach: cash in a month (P2.1), or an indicator (P5.1).

    A target without a collector is the company's, for everybody who has none of his own. An
    amount holds for its month only; an indicator's target holds until a later month has another.
    """

    _name = "collection.target"
    _description = "Collection Target"
    _inherit = "collection.mixin"
    _order = "month desc, company_id, kind, user_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Collector", index=True, domain="[('share', '=', False)]",
        help="Empty: for every collector of the company who has no target of their own.",
    )
    month = fields.Date(
        required=True, index=True,
        default=lambda self: self.env.company._get_collection_today().replace(day=1),
        help="An amount is for this month; an indicator's target holds from this month on.",
    )
    kind = fields.Selection(KINDS, required=True, default="amount")
    value = fields.Float(
        "Target", digits=(16, 2), required=True,
        help="Company currency for cash, per cent for an indicator.",
    )
    weight = fields.Float(
        compute="_compute_from_kind", store=True, readonly=False, precompute=True,
        help="Share in the score, which is for ranking only.",
    )
    direction = fields.Selection(
        [("higher", "Higher is Better"), ("lower", "Lower is Better")],
        compute="_compute_from_kind", store=True, readonly=False, precompute=True,
        required=True,
    )
    is_example = fields.Boolean(
        "Example", readonly=True, copy=False,
        help="Proposed by the add-on; counts once a manager has confirmed it.",
    )
    _once = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), month, kind)",
        "There is one target of a kind per collector and month.",
    )
    _month_starts = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A target's month is named by its first day."
    )
    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "A weight cannot be below zero."
    )

    amount_done = fields.Monetary("Collected", compute="_compute_progress")
    progress = fields.Float("Progress (%)", compute="_compute_progress", digits=(16, 2))
    days_left = fields.Integer("Working Days Left", compute="_compute_progress")
    amount_run_rate = fields.Monetary(
        "At This Pace", compute="_compute_progress",
        help="What the month will bring if every working day is like those so far.",
    )
    amount_per_day = fields.Monetary(
        "Needed per Day", compute="_compute_progress",
        help="What each working day left, today included, has to bring.",
    )
    _people_create = {"company_id"}
    _people_write = {"*": {"user_id", "month", "kind", "value", "weight", "direction"}}

    @api.depends("kind")
    def _compute_from_kind(self):
        for target in self:
            target.weight = DEFAULT_WEIGHTS.get(target.kind, 0)
            target.direction = "lower" if target.kind in LOWER_IS_BETTER else "higher"

    @api.depends("kind", "user_id", "month")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for target in self:
            target.display_name = " – ".join(filter(None, [
                kinds.get(target.kind),
                # Everybody may read a target's name, not each colleague's record.
                target.sudo().user_id.name,
                target.month and target.month.strftime("%Y-%m"),
            ]))

    @api.constrains("value", "kind")
    def _check_value(self):
        for target in self:
            if target.value < 0 or (target.kind != "amount" and target.value > 100):
                raise ValidationError(
                    self.env._(
                        "The target “%(target)s” must be zero or more, and at most 100 %%"
                        " for an indicator.",
                        target=target.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._start_month(vals)
        targets = super().create(vals_list)
        targets._check_can_change()
        return targets

    def write(self, vals):
        self.check_access("write")
        self._check_can_change()
        self._start_month(vals)
        result = super().write(vals)
        self._check_can_change()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_except_own(self):
        if is_uninstalling(self):
            return
        self._check_can_change()

    def _start_month(self, vals):
        if vals.get("month"):
            vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)

    def _check_can_change(self):
        """Nobody sets what they are measured by: raise a ``UserError`` for own targets."""
        if self.env.su:
            return
        for target in self:
            if target.user_id == self.env.user:
                raise UserError(
                    self.env._("Your own targets are set by another collection manager.")
                )

    @api.model
    def _get_for(self, user, company, month, kind):
        """The target that holds for a collector in a month: own before the company's.

        :param user: the collector; an empty record for the company's own target
        :param date month: any day of the month
        :param str kind: one of ``KINDS``
        :return: the target, empty when there is none
        """
        month = month.replace(day=1)
        targets = self.search([
            ("company_id", "=", company.id),
            ("user_id", "in", [user.id, False]),
            ("kind", "=", kind), ("is_example", "=", False),
            ("month", "=" if kind == "amount" else "<=", month),
        ], order="month desc")
        return targets.filtered("user_id")[:1] or targets.filtered(lambda t: not t.user_id)[:1]

    # Which targets hold in a month: the plan's amounts, and those of the indicators.

    @api.model
    def _get_amount(self, company, month, user=None):
        """The cash to collect in a month: a collector's own plan, or the team's.

        The team's is the one without a collector; where there is none, all of the collectors'.
        A collector without a plan has no target: the team's is not each one's. Who may see whose
        is for the caller to decide.

        :return: the amount in company currency, 0 without a plan
        """
        plans_sudo = self.sudo().search([
            ("company_id", "=", company.id), ("kind", "=", "amount"),
            ("month", "=", month.replace(day=1)),
        ])
        if user:
            return sum(plans_sudo.filtered(lambda plan: plan.user_id == user).mapped("value"))
        general = plans_sudo.filtered(lambda plan: not plan.user_id)
        return sum((general or plans_sudo).mapped("value"))

    @api.model
    def _get_all_for(self, company, month):
        """All targets that hold in a month, as ``_get_for`` picks them, in one search.

        :return: dict of targets by user id (``False``: for everybody) and kind
        """
        month = month.replace(day=1)
        targets = {}
        for target in self.search([
            ("company_id", "=", company.id), ("month", "<=", month),
            ("is_example", "=", False),
        ], order="month, id"):
            if target.kind != "amount" or target.month == month:
                targets[target.user_id.id, target.kind] = target
        return targets

    # The collection plan at work: what came in so far, and what the rest of the month needs.

    @api.depends("kind", "month", "user_id", "value", "company_id")
    def _compute_progress(self):
        plan = self.filtered(lambda target: target.kind == "amount" and target.month)
        (self - plan).update({
            "amount_done": 0, "progress": 0, "days_left": 0, "amount_run_rate": 0,
            "amount_per_day": 0,
        })
        for (company, month), targets in plan.grouped(
            lambda target: (target.company_id, target.month)
        ).items():
            today = company._get_collection_today()
            stop = month + relativedelta(months=1)
            days = company._get_collection_working_days(month, fields.Date.add(stop, days=-1))
            gone = sum(day < today for day in days)
            left = len(days) - gone
            # A collector sees the progress of own targets, not the ledger behind it.
            cash = self.env["collection.case"]._get_cash_by_collector(company, month, stop)
            for target in targets:
                done = cash.get(target.user_id.id or None, 0)
                missing = max(target.value - done, 0)
                target.amount_done = done
                target.progress = done * 100 / target.value if target.value else 0
                target.days_left = left
                # Today counts as gone once it brought something: nobody is told half a day's pace.
                target.amount_run_rate = done * len(days) / gone if gone else done
                target.amount_per_day = missing / left if left else missing

    # Targets to begin with, from what the company reached so far; people change them (P2.1).

    @api.model
    def _make_examples(self, companies):
        """Give companies without a target of an indicator an example of it to confirm."""
        known = {
            (company.id, kind)
            for company, kind in self._read_group(
                [("company_id", "in", companies.ids)], ["company_id", "kind"]
            )
        }
        return self.create([
            {"company_id": company.id, "month": EXAMPLE_MONTH, "kind": kind, "value": value,
             "is_example": True}
            for company in companies for kind, value in USUAL.items()
            if (company.id, kind) not in known
        ])

    def action_confirm_examples(self):
        """Let the examples of the active companies count from this month on.

        :raises AccessError: unless a collection manager confirms them
        """
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager sets targets."))
        examples = self.search([
            ("company_id", "in", self.env.companies.ids), ("is_example", "=", True),
        ])
        if not examples:
            raise UserError(self.env._("There is no example left to confirm."))
        for company, own in examples.grouped("company_id").items():
            own.write(with_ours(
                {"month": company._get_collection_today().replace(day=1)}, is_example=False
            ))

    @api.model
    def _install_examples(self):
        """Called when the add-on is installed: every company gets its examples."""
        # The system installs it.
        # Each company gets its own, whoever made it.
        self.sudo()._make_examples(self.env["res.company"].sudo().search(Domain.TRUE))

    def action_propose(self):
        """Propose what is missing for this month, in the active companies.

        An indicator gets the average of the team's last three months, else what is usual. A
        collector gets the share of the open cases' overdue amounts that the recovery target
        says; nobody proposes for themselves. What is there stays as it is.

        :raises AccessError: unless a collection manager asks
        """
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager sets targets."))
        proposed = self.browse()
        for company in self.env.companies:
            month = company._get_collection_today().replace(day=1)
            proposed |= self._propose_indicators(company, month)
            proposed |= self._propose_plan(company, month)
            self.search([("company_id", "=", company.id), ("is_example", "=", True)]).unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_target_action"
        )
        action["name"] = self.env._("Proposed Targets")
        action["domain"] = [("id", "in", proposed.ids)]
        return action

    @api.model
    def _propose_indicators(self, company, month):
        values = USUAL | self._get_reached(company, month)
        return self.create([
            {"company_id": company.id, "month": month, "kind": kind, "value": values[kind]}
            for kind, _label in INDICATORS
            if not self._get_for(self.env["res.users"], company, month, kind)
        ])

    @api.model
    def _get_reached(self, company, month):
        """By indicator, the average that the team reached in the months before, whole per cent."""
        return {
            kind: round(value)
            for kind, value in self.env["collection.assessment.line"]._read_group(
                [
                    ("company_id", "=", company.id), ("user_id", "=", False),
                    ("is_indicator", "=", True), ("has_data", "=", True),
                    ("month", "<", month), ("month", ">=", month - relativedelta(months=HISTORY)),
                ],
                ["kind"], ["value:avg"],
            )
        }

    @api.model
    def _propose_plan(self, company, month):
        planned = self.search([
            ("company_id", "=", company.id), ("kind", "=", "amount"), ("month", "=", month),
        ]).user_id
        share = self._get_for(self.env["res.users"], company, month, "recovery").value / 100
        return self.create([
            {
                "company_id": company.id, "month": month, "kind": "amount", "user_id": user.id,
                "value": round(amount * share),
            }
            for user, amount in self.env["collection.case"]._read_group(
                [
                    ("company_id", "=", company.id), ("stage", "!=", "closed"),
                    ("user_id", "not in", [False, *(planned | self.env.user).ids]),
                ],
                ["user_id"], ["amount_overdue:sum"],
            )
            if round(amount * share) > 0
        ])

