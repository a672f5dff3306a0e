from odoo import models


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def action_assign(self):
        """Give the chosen cases to a collector, many at once (P2.1)."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_case_assign_action"
            ),
            "context": {"default_case_ids": self.ids},
        }
