from odoo import models

OPERATIONS = ("online_redirect", "online_direct", "online_token", "offline")


class CollectionCase(models.Model):
    """What customers can pay online on the page of their account (P6.2)."""

    _inherit = "collection.case"

    def _get_portal_payable(self, items):
        """Open invoices that Odoo lets customers pay, if the company has a provider for them."""
        under_way = self._get_portal_under_way(items)
        payable = (items - under_way).filtered(lambda item: item.move_id._has_to_be_paid())
        return payable.filtered(
            lambda item: item.currency_id in self._get_payable_currencies(payable.currency_id)
        )

    def _get_portal_under_way(self, items):
        """Online payments that are begun and not confirmed yet are on their way, too."""
        # As for the payments of Odoo.
        transactions_sudo = items.move_id.sudo().transaction_ids.filtered(
            lambda transaction: transaction.state in ("pending", "authorized")
            and not transaction.payment_id and transaction.operation in OPERATIONS
        )
        return super()._get_portal_under_way(items) | items.filtered(
            lambda item: item.move_id in transactions_sudo.invoice_ids
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
