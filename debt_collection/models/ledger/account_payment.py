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

    def _on_registered(self):
        """Called for payments that were just registered, changed or withdrawn."""
