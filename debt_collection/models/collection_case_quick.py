from odoo import Command, models


class CollectionCase(models.Model):
    """What a collector enters from the case in one small form each (P3.5)."""

    _inherit = "collection.case"

    def action_dispute(self):
        """Record what the customer contests; all overdue items that are in no dispute yet."""
        self.ensure_one()
        disputed = self.dispute_ids.filtered(lambda dispute: dispute.state == "open").line_ids
        items = self.line_ids.filtered("collection_tier_id") - disputed
        return self._open_quick(
            "debt_collection.collection_dispute_action_quick",
            default_line_ids=[Command.set(items.ids)],
        )

    def action_propose_plan(self):
        """Propose instalments for all that is overdue."""
        return self._open_quick("debt_collection.collection_plan_action_quick")

    def action_schedule_next(self):
        """Plan or postpone the next action of these cases."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_next_action_action"
            ),
            "context": {"default_case_ids": [Command.set(self.ids)]},
        }

    def _open_quick(self, xml_id, **context):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xml_id),
            "context": {"default_case_id": self.id, **context},
        }
