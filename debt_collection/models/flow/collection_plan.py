from odoo import models


class CollectionPlan(models.Model):
    """What follows when a plan is approved: it is offered to the customer (P6.2)."""

    _inherit = "collection.plan"

    def _on_approved(self):
        self.case_id._notify_customers("plan")

    def _on_changed(self, names):
        # Its case need not be the user's to write.
        self.sudo().case_id._touch_positions()
