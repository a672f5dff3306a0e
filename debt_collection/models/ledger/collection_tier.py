from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import ageing
from ..base.collection_guard import OURS, is_uninstalling


class CollectionTier(models.Model):
    """A band of days overdue; a company's bands form its ladder (P3.1).

    A company without tiers of its own uses the shared ones. A ladder starts at day 1, has
    no gap or overlap, and its last tier has no end.
    """

    _name = "collection.tier"
    _description = "Collection Tier"
    _inherit = "collection.mixin"
    _order = "company_id, day_from, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    day_from = fields.Integer("From Day", required=True, help="First day overdue, inclusive.")
    day_to = fields.Integer("To Day", help="Last day overdue, inclusive; 0 means without an end.")
    color = fields.Integer()
    loss_rate = fields.Float("Loss Rate (%)", digits=(16, 4))
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        index=True,
        help="Empty: used by every company that has no tiers of its own.",
    )
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "A company's ladder has each tier code once.",
    )
    _days_positive = models.Constraint(
        "CHECK(day_from >= 1 AND day_to >= 0)",
        "Tiers count days from 1; the last day is 0 (no end) or a positive number.",
    )
    _loss_rate_range = models.Constraint(
        "CHECK(loss_rate >= 0 AND loss_rate <= 100)",
        "A loss rate is a percentage between 0 and 100.",
    )
    _people_share = True
    _people_create = {"company_id"}
    _people_write = {
        "*": {"name", "code", "sequence", "day_from", "day_to", "color", "loss_rate"},
    }

    def _is_ladder_unchecked(self):
        """Whether the ladder is written tier by tier, by the wizard or the module's own data."""
        return (
            self.env.context.get("collection_ladder_unchecked") is OURS
            or not self.env.registry.ready
        )

    @api.constrains("day_from", "day_to", "company_id")
    def _check_ladder(self):
        # The ladder wizard writes tier by tier and checks the whole once, at its end.
        if self._is_ladder_unchecked():
            return
        for company in self.company_id:
            self._check_ladder_of(company)
        if self.filtered(lambda tier: not tier.company_id):
            self._check_ladder_of(self.env["res.company"])

    @api.ondelete(at_uninstall=True)
    def _unlink_except_hole(self):
        """A ladder may go as a whole (the company returns to the shared one), not in part."""
        if self._is_ladder_unchecked() or is_uninstalling(self):
            return
        for tier in self:
            if self.search_count(
                [("company_id", "=", tier.company_id.id), ("id", "not in", self.ids)], limit=1
            ):
                raise ValidationError(
                    self.env._(
                        "Deleting the tier “%(tier)s” would leave a gap. Change the days of"
                        " the whole ladder under Configuration > Set Up > Tiers > Edit Ladder.",
                        tier=tier.name,
                    )
                )

    def _check_ladder_of(self, company):
        """Raise a ``ValidationError`` that names the tiers when the ladder is not sound."""
        tiers = self.search([("company_id", "=", company.id)])
        problems = ageing.check_ladder([(t.name, t.day_from, t.day_to) for t in tiers])
        if not problems:
            return
        texts = {
            "start": self.env._("“%(name)s” is the first tier and must start at day 1."),
            "reversed": self.env._("“%(name)s” ends before it starts."),
            "gap": self.env._("There is a gap between “%(name)s” and “%(other)s”."),
            "overlap": self.env._("“%(name)s” and “%(other)s” overlap."),
            "open": self.env._("“%(name)s” has no last day, but “%(other)s” follows it."),
            "closed": self.env._("“%(name)s” is the last tier: set its last day to 0 (no end)."),
        }
        lines = [texts[kind] % {"name": name, "other": other} for kind, name, other in problems]
        raise ValidationError(
            self.env._(
                "The tiers of %(company)s do not fit together:",
                company=company.name or self.env._("all companies"),
            )
            + "\n"
            + "\n".join(lines)
        )

    def _get_band_name(self):
        """The band of days as customers read it: 1–30, or 61+ for the last one."""
        self.ensure_one()
        if not self.day_to:
            return f"{self.day_from}+"
        return f"{self.day_from}–{self.day_to}"

    @api.model
    def _get_ladder(self, company):
        """The tiers that ``company`` uses, mildest first: its own, else the shared ones."""
        tiers = self.sudo().search([("company_id", "in", (company.id, False))])
        return (
            tiers.filtered(lambda tier: tier.company_id) or tiers
        ).sorted("day_from")

