from odoo import models


class CollectionDispute(models.Model):
    """What follows for a dispute: what is disputed is not collected."""

    _inherit = "collection.dispute"

    def _on_changed(self, names):
        # The owner of a dispute need not see its case.
        self.sudo().case_id._touch_positions()
