from odoo import fields, models


class ResPartner(models.Model):
    """What was agreed with the customer on paying late."""

    _inherit = "res.partner"

    collection_charge_terms_id = fields.Many2one(
        "collection.charge.terms",
        "Late Charges",
        company_dependent=True,
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Empty: the terms of the policy that the customer follows.",
    )
