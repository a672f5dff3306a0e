from odoo import models


class CollectionPlan(models.Model):
    """What follows when a plan is approved, accepted, or let off its interest (P4.2, P6.2)."""

    _inherit = "collection.plan"

    def _on_approved(self):
        self.case_id._notify_customers("plan")

    def _on_accepted(self):
        self._claim_interest()

    def _on_interest_waived(self):
        self._drop_interest_claims()
