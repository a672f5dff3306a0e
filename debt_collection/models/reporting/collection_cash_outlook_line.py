from odoo import fields, models
from odoo.tools import SQL


class CollectionCashOutlookLine(models.Model):
    """The same weeks as lines of a chart: low, expected, high, and what came."""

    _name = "collection.cash.outlook.line"
    _description = "Expected Band and Cash Received"
    _inherit = "collection.mixin"
    _auto = False
    _order = "date_from desc, id"
    _depends = {
        "collection.cash.outlook": [
            "company_id", "week", "date_from", "low", "expected", "high", "came", "is_over",
            "is_replayed", "as_of", "method",
        ],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    outlook_id = fields.Many2one("collection.cash.outlook", "Week", readonly=True)
    as_of = fields.Date("Said On", readonly=True)
    week = fields.Integer("Weeks Ahead", readonly=True, aggregator=None)
    date_from = fields.Date("Week From", readonly=True)
    is_replayed = fields.Boolean("Replayed", readonly=True)
    is_over = fields.Boolean("Over", readonly=True)
    series = fields.Selection(
        [("a_low", "Low"), ("b_expected", "Expected"), ("c_high", "High"),
         ("d_came", "Received")],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT said.id * 4 + line.number AS id, said.id AS outlook_id, said.company_id,
                   said.as_of, said.week, said.date_from, said.is_replayed, said.is_over,
                   line.series, line.amount
              FROM collection_cash_outlook said
        CROSS JOIN LATERAL (VALUES (0, 'a_low', said.low), (1, 'b_expected', said.expected),
                                   (2, 'c_high', said.high), (3, 'd_came', said.came)
                           ) line (number, series, amount)
             WHERE line.series != 'd_came' OR said.is_over
            """
        )
