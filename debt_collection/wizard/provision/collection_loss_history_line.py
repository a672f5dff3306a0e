from odoo import fields, models


class CollectionLossHistoryLine(models.TransientModel):
    """What was open in a bucket at a month end, and what became of it."""

    _name = "collection.loss.history.line"
    _description = "Month of Own History"
    _inherit = "collection.mixin"
    _order = "date desc, id"

    history_id = fields.Many2one("collection.loss.history", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="history_id.currency_id")
    date = fields.Date("Month End")
    bucket = fields.Char()
    exposure = fields.Monetary("Open Then")
    lost = fields.Monetary("Not Collected", help="Still open, or written off, at the end.")
    worse = fields.Monetary("In a Worse Tier")

