from odoo import models


class CollectionCase(models.Model):
    """What customers can pay online on the page of their account (P6.2)."""

    _inherit = "collection.case"

    def _get_portal_payable(self, items):
        """Open invoices that Odoo lets customers pay, if the company has a provider for them."""
        payable = items.filtered(lambda item: item.move_id._has_to_be_paid())
        return payable.filtered(
            lambda item: item.currency_id in self._get_payable_currencies(payable.currency_id)
        )

    def _get_payable_currencies(self, currencies):
        """The currencies for which some provider would be offered."""
        self.ensure_one()
        # Customers do not read providers; which of them are offered is what the page shows.
        providers_sudo = self.env["payment.provider"].sudo()
        return currencies.filtered(
            # Whoever asks, an employee, too: customers are offered what is published.
            lambda currency: providers_sudo._get_compatible_providers(
                self.company_id.id, self.partner_id.id, 0, currency_id=currency.id
            ).filtered("is_published")
        )
