from odoo import api, models


class CollectionPromise(models.Model):
    """What follows when a promise is recorded: it is confirmed to the customer (P6.2)."""

    _inherit = "collection.promise"

    @api.model
    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_created(self):
        news = self.filtered(lambda promise: promise.state == "open" and not promise.is_opening)
        news.case_id._notify_customers("promise")

    def _on_changed(self, names):
        # Its case need not be the user's to write.
        self.sudo().case_id._touch_positions()
