from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment, credit note or write-off shows in its case at once, as does its undoing."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._on_matched()
        return partials

    def unlink(self):
        lines = self.debit_move_id
        result = super().unlink()
        self._on_unmatched(lines.exists())
        return result

    def _on_matched(self):
        """Called for items that were just matched with payments, credit notes or write-offs."""

    @api.model
    def _on_unmatched(self, lines):
        """Called for items after what had settled them was undone.

        Implemented in models/flow/account_partial_reconcile.py.
        """
