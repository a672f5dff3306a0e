from odoo import api, fields, models


class CollectionLossHistoryRate(models.TransientModel):
    """A rate that own history suggests."""

    _name = "collection.loss.history.rate"
    _description = "Loss Rate from Own History"
    _inherit = "collection.mixin"

    history_id = fields.Many2one("collection.loss.history", required=True, ondelete="cascade")
    tier_id = fields.Many2one("collection.tier")
    bucket = fields.Char()
    numerator = fields.Float("Lost", digits=(16, 6))
    denominator = fields.Float(digits=(16, 6))
    percent = fields.Float("Rate (%)", digits=(16, 6), compute="_compute_percent")

    @api.depends("numerator", "denominator")
    def _compute_percent(self):
        for rate in self:
            rate.percent = 100 * rate.numerator / rate.denominator if rate.denominator else 0.0

