from odoo import models


class CollectionWriteoff(models.Model):
    """What a write-off takes from other rooms: the allowance, and the limitation of its items."""

    _inherit = "collection.writeoff"

    def _on_allowances(self):
        return self.line_ids.item_id._get_collection_allowance()

    def _on_limits(self):
        limitations = self.env["collection.limitation"].search(
            [("line_id", "in", self.line_ids.item_id.ids)]
        )
        return {limitation.line_id.id: limitation.date_limit for limitation in limitations}
