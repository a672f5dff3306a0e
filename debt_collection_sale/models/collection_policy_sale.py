from odoo import fields, models

CHECKS = [("none", "Do Nothing"), ("warn", "Warn"), ("block", "Block")]


class CollectionPolicy(models.Model):
    """What happens when an order of a customer in arrears is to be confirmed (P2.3)."""

    _inherit = "collection.policy"

    sale_hold = fields.Selection(
        CHECKS, "Customer on Hold", default="block", required=True
    )
    sale_severe = fields.Selection(
        CHECKS, "Highest Overdue Band", default="block", required=True
    )
    sale_legal = fields.Selection(CHECKS, "In Legal Stage", default="block", required=True)
    sale_overdue = fields.Selection(
        CHECKS, "Anything Overdue", default="none", required=True
    )
    sale_term = fields.Selection(
        [("none", "Do Nothing"), ("warn", "Warn")], "No Payment Term", default="warn",
        required=True,
    )
    _people_write = {
        "*": {"sale_hold", "sale_severe", "sale_legal", "sale_overdue", "sale_term"},
    }
