from odoo import api, models


class AccountMove(models.Model):
    """What holds an entry: results of collection are undone where they came from."""

    _inherit = "account.move"

    def _on_reset_to_draft(self):
        self._check_no_charge_rests_on_it()
        self._check_collection_posting(["collection.writeoff", "collection.recovery"])

    def _on_bill_changed(self):
        # Whoever books a bill need not see the legal action that it belongs to.
        self.env["collection.legal.cost"].sudo()._take_bills(self)

    @api.model
    def _on_removed(self, partners, companies):
        self.env["collection.case"]._touch_customers(partners, companies)
