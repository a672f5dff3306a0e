from odoo import models


class CollectionPolicy(models.Model):
    """What follows for a policy: whether credits are netted decides what is collected."""

    _inherit = "collection.policy"

    def _on_changed(self, names):
        if "net_credits" in names:
            # All cases that follow it, whoever may see them.
            self.env["collection.case"].sudo().search(
                [("policy_id", "in", self.ids), ("stage", "!=", "closed")]
            )._touch_positions()
