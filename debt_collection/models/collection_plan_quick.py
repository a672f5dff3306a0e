from odoo import models


class CollectionPlan(models.Model):
    """A plan proposed while the customer is on the phone (P4.2)."""

    _inherit = "collection.plan"

    def action_propose(self):
        """Make the schedule from the small form, and ask the manager to approve it."""
        self.action_generate()
        for plan in self:
            plan.case_id._tell_manager(
                self.env._("A payment plan waits for your approval: %(plan)s",
                           plan=plan.display_name)
            )
        return {"type": "ir.actions.act_window_close"}
