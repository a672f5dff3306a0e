from odoo import api, models


class AccountPayment(models.Model):
    """What follows when a payment is registered: it is on its way, and not chased."""

    _inherit = "account.payment"

    def _on_registered(self):
        of_customers = self.filtered(lambda payment: payment.partner_type == "customer")
        self.env["collection.case"]._touch_customers(
            of_customers.partner_id.commercial_partner_id, of_customers.company_id
        )

    @api.model
    def _on_removed(self, partners, companies):
        self.env["collection.case"]._touch_customers(partners, companies)
