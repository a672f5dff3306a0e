from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Where customers pay what is owed: said on statements and letters."""

    _inherit = "res.partner"

    def _get_collection_pay_url(self, company, items=None):
        """Of one invoice Odoo's page for it; else the page of the case, where all can be paid."""
        self.ensure_one()
        partner_sudo = self.commercial_partner_id.sudo()
        # The customer's own page, whichever entries and cases the user may open.
        case_sudo = self.env["collection.case"].sudo()._get_open(partner_sudo, company)
        if items is None:
            line_model_sudo = self.env["account.move.line"].sudo()
            items = line_model_sudo.search(
                line_model_sudo._get_collectable_domain()
                & Domain("company_id", "=", company.id)
                & Domain("partner_id.commercial_partner_id", "=", partner_sudo.id)
            )
        # What the customer may pay is theirs to know, whoever writes the letter.
        payer_sudo = case_sudo or case_sudo.new({
            "partner_id": partner_sudo.id, "company_id": company.id,
        })
        moves_sudo = payer_sudo._get_portal_payable(items.sudo()).move_id
        if len(moves_sudo) == 1:
            return moves_sudo._get_portal_payment_link()
        if moves_sudo and case_sudo:
            return f"{case_sudo.get_base_url()}{case_sudo.get_portal_url()}"
        return super()._get_collection_pay_url(company, items)
