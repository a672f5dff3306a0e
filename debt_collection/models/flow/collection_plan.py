from odoo import models


class CollectionPlan(models.Model):
    """What follows when a plan is approved: it is offered to the customer (P6.2)."""

    _inherit = "collection.plan"

    def _on_approved(self):
        self.case_id._notify_customers("plan")
