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
    is_charge_by_country = fields.Boolean(
        "Statute of the Customer's Country First",
        help="Customers without terms of their own pay what the law of their country says, as"
        " far as it is known here; all others pay these terms. Not legal advice: have counsel"
        " check.",
    )
    _people_write = {"*": {"charge_terms_id", "is_charge_by_country"}}

    def _get_charge_rates(self):
        """The reference rates that customers of these policies may be charged by."""
        # What is charged is no secret of the policy.
        policies_sudo = self.sudo()
        terms_sudo = policies_sudo.charge_terms_id
        if any(policies_sudo.mapped("is_charge_by_country")):
            terms_sudo |= terms_sudo.search([("country_id", "!=", False)])
        return terms_sudo.rate_id

