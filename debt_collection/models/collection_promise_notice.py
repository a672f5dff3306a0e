from odoo import api, models


class CollectionPromise(models.Model):
    """A promise is confirmed to the customer who made it (P6.2)."""

    _inherit = "collection.promise"

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        news = promises.filtered(lambda promise: promise.state == "open" and not promise.is_opening)
        news.case_id._notify_customers("promise")
        return promises
