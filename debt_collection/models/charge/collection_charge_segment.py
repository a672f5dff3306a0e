from odoo import fields, models


class CollectionChargeSegment(models.Model):
    """How interest was reckoned: days in a row with one principal and one rate, frozen."""

    _name = "collection.charge.segment"
    _description = "Calculation of a Late Charge"
    _inherit = "collection.mixin"
    _order = "line_id, date_from"

    line_id = fields.Many2one(
        "collection.charge.line", required=True, index=True, ondelete="cascade"
    )
    charge_id = fields.Many2one(related="line_id.charge_id", store=True, index=True)
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    move_id = fields.Many2one(related="line_id.move_id", string="Document")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    days = fields.Integer(required=True)
    principal = fields.Monetary(required=True)
    rate = fields.Float("Rate (%)", digits=(9, 4), required=True)
    base = fields.Integer("Days of a Year", help="1: the rate is for a day.")
    interest = fields.Monetary(required=True)

