from odoo import api, models


class AccountPayment(models.Model):
    """A payment that is registered is on its way, whether or not it has an entry."""

    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._on_registered()
        return payments

    def write(self, vals):
        result = super().write(vals)
        if {"state", "amount", "partner_id", "currency_id", "invoice_ids"} & vals.keys():
            self._on_registered()
        return result

    def unlink(self):
        partners, companies = self.partner_id.commercial_partner_id, self.company_id
        result = super().unlink()
        self._on_removed(partners, companies)
        return result

    @api.model
    def _on_removed(self, partners, companies):
        """Called with the customers and companies of payments that were just deleted.

        Implemented in models/flow/account_payment.py.
        """

    def _on_registered(self):
        """Called for payments that were just registered, changed or withdrawn."""
