from odoo import models


class CollectionPlan(models.Model):
    """An approved plan is offered to the customer (P6.2)."""

    _inherit = "collection.plan"

    def action_approve(self):
        result = super().action_approve()
        self.case_id._notify_customers("plan")
        return result
