from odoo import fields, models


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    net_credits = fields.Boolean(
        default=True,
        help="Unmatched payments and credit notes of the customer cover the oldest overdue items:"
        " only what they leave is collected.",
    )
    _people_write = {"*": {"net_credits"}}
