from odoo import fields, models


class CollectionPolicy(models.Model):
    """What customers who follow the policy pay for paying late (P4.2)."""

    _inherit = "collection.policy"

    charge_terms_id = fields.Many2one(
        "collection.charge.terms",
        "Late Charges",
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete="restrict",
        check_company=True,
        help="Applies to customers without terms of their own. Empty: nothing is charged.",
    )
    _people_write = {"*": {"charge_terms_id"}}

