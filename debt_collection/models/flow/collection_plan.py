from odoo import models


class CollectionPlan(models.Model):
    """What follows when a plan is approved, accepted, broken, or let off its interest (P4.2)."""

    _inherit = "collection.plan"

    def _on_approved(self):
        self.case_id._notify_customers("plan")

    def _on_broken(self, as_of):
        """The chase resumes at the true days overdue; collector and manager hear of it."""
        for plan in self.filtered(lambda plan: not plan.case_id.is_closed):
            case = plan.case_id
            case._ask_for_call(self.env._("Broken: %(plan)s", plan=plan.display_name), as_of)
            case._tell_manager(
                self.env._("A payment plan was broken: %(plan)s.", plan=plan.display_name)
            )

    def _on_accepted(self):
        self._claim_interest()

    def _on_interest_waived(self):
        self._drop_interest_claims()
