from decimal import Decimal

from odoo import api, fields, models

FIGURES = [
    ("matrix", "Matrix"),
    ("specific", "Specific"),
]


class CollectionProvisionLine(models.Model):
    """A bucket of a provision: exposure times rate, frozen with the rate it was made with."""

    _name = "collection.provision.line"
    _description = "Bucket of a Provision"
    _inherit = "collection.mixin"
    _order = "provision_id, sequence, id"

    provision_id = fields.Many2one(
        "collection.provision", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="provision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    sequence = fields.Integer()
    name = fields.Char("Bucket", required=True)
    kind = fields.Selection(FIGURES, required=True, default="matrix")
    tier_id = fields.Many2one("collection.tier", ondelete="set null")
    segment_id = fields.Many2one("res.partner.category", ondelete="set null")
    specific_id = fields.Many2one("collection.provision.specific", ondelete="restrict")
    exposure = fields.Monetary()
    numerator = fields.Float(digits=(16, 6))
    denominator = fields.Float(digits=(16, 6))
    percent = fields.Float(
        "Rate (%)", digits=(16, 6), compute="_compute_percent", store=True, aggregator=None
    )
    amount = fields.Monetary("Allowance")
    item_count = fields.Integer("Items")

    @api.depends("numerator", "denominator")
    def _compute_percent(self):
        for line in self:
            line.percent = 100 * line.numerator / line.denominator if line.denominator else 0.0

    @api.readonly
    @api.readonly
    def action_view_items(self):
        """The items of the bucket."""
        self.ensure_one()
        action = self.provision_id.action_view_items()
        return {**action, "domain": [("line_id", "=", self.id)], "display_name": self.name}

    def _get_rate(self):
        """The exact rate: numerator and denominator."""
        self.ensure_one()
        return (
            Decimal(str(round(self.numerator, 6))), Decimal(str(round(self.denominator, 6)))
        )

