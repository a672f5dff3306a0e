from odoo import fields, models


class ResPartner(models.Model):
    """The law that a customer's debts are under."""

    _inherit = "res.partner"

    collection_limitation_rule_id = fields.Many2one(
        "collection.limitation.rule", "Limitation Law", company_dependent=True,
        help="The law that the customer's debts are under; empty: that of the customer's"
        " country, else of the company's.",
    )
