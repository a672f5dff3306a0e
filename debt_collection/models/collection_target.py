from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_guard import is_uninstalling

KINDS = [
    ("amount", "Cash to Collect"),
    ("recovery", "Recovery Rate"),
    ("bad_debt", "Bad-debt Rate"),
    ("timeliness", "Timeliness Rate"),
    ("satisfaction", "Customer Satisfaction"),
]
# The indicators of P5.1; the amount is the collection plan of P2.1.
INDICATORS = [kind for kind in KINDS if kind[0] != "amount"]
LOWER_IS_BETTER = {"bad_debt"}
DEFAULT_WEIGHTS = {"recovery": 40, "bad_debt": 20, "timeliness": 20, "satisfaction": 20}


class CollectionTarget(models.Model):
    """What a collector is to reach: cash in a month (P2.1), or an indicator (P5.1).

    A target without a collector is the company's, for everybody who has none of his own. An
    amount holds for its month only; an indicator's target holds until a later month has another.
    """

    _name = "collection.target"
    _inherit = ["collection.mixin"]
    _description = "Collection Target"
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
            ("kind", "=", kind),
            ("month", "=" if kind == "amount" else "<=", month),
        ], order="month desc")
        return targets.filtered("user_id")[:1] or targets.filtered(lambda t: not t.user_id)[:1]
