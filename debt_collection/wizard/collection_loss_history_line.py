from odoo import api, fields, models


class CollectionLossHistoryLine(models.TransientModel):
    """What was open in a bucket at a month end, and what became of it."""

    _name = "collection.loss.history.line"
    _inherit = ["collection.mixin"]
    _description = "Month of Own History"
    _order = "date desc, id"

    history_id = fields.Many2one("collection.loss.history", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="history_id.currency_id")
    date = fields.Date("Month End")
    bucket = fields.Char()
    exposure = fields.Monetary("Open Then")
    lost = fields.Monetary("Not Collected", help="Still open, or written off, at the end.")
    worse = fields.Monetary("In a Worse Tier")


class CollectionLossHistoryRate(models.TransientModel):
    """A rate that own history suggests."""

    _name = "collection.loss.history.rate"
    _inherit = ["collection.mixin"]
    _description = "Loss Rate from Own History"

    history_id = fields.Many2one("collection.loss.history", required=True, ondelete="cascade")
    tier_id = fields.Many2one("collection.tier")
    bucket = fields.Char()
    numerator = fields.Float("Lost", digits=(16, 6))
    denominator = fields.Float("Of", digits=(16, 6))
    percent = fields.Float("Rate (%)", digits=(16, 6), compute="_compute_percent")

    @api.depends("numerator", "denominator")
    def _compute_percent(self):
        for rate in self:
            rate.percent = 100 * rate.numerator / rate.denominator if rate.denominator else 0.0
