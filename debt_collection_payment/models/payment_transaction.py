from odoo import api, models


class PaymentTransaction(models.Model):
    """A transaction that is pending is money on its way: it shows at once."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        transactions = super().create(vals_list)
        transactions._touch_collection()
        return transactions

    def write(self, vals):
        result = super().write(vals)
        if {"state", "amount", "invoice_ids", "payment_id"} & vals.keys():
            self._touch_collection()
        return result

    def _touch_collection(self):
        # Whoever pays has no right on cases.
        case_sudo = self.env["collection.case"].sudo()
        case_sudo._touch_customers(self.partner_id.commercial_partner_id, self.company_id)
