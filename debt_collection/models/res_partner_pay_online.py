from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Where a customer pays online what is owed: said on statements and letters."""

    _inherit = "res.partner"

    def _get_collection_pay_url(self, company, moves=None):
        """The address of a page on which the customer can pay; empty if there is none.

        One invoice: its own page, with what is open of it. Several: the page of the open case,
        from which each can be paid. The address opens the page without signing in.

        :param moves: invoices to be paid; by default all open ones
        """
        self.ensure_one()
        partner_sudo = self.commercial_partner_id.sudo()
        if moves is None:
            moves = self.env["account.move.line"].sudo().search(
                self.env["account.move.line"]._get_collectable_domain()
                & Domain("company_id", "=", company.id)
                & Domain("partner_id", "child_of", partner_sudo.ids)
            ).move_id
        # The customer's own invoices, whichever of them the user may open.
        payable_sudo = moves.sudo()._filter_collection_payable_online()
        if len(payable_sudo) == 1:
            return payable_sudo._get_portal_payment_link()
        case_sudo = self.env["collection.case"].sudo().search([
            ("partner_id", "=", partner_sudo.id),
            ("company_id", "=", company.id),
            ("stage", "!=", "closed"),
        ], limit=1) if payable_sudo else self.env["collection.case"]
        return f"{case_sudo.get_base_url()}{case_sudo.get_portal_url()}" if case_sudo else ""
