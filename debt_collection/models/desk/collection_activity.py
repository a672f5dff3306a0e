from odoo import models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    def action_confirm_next(self):
        """Confirm from the small form, and open the next case of today's list."""
        self.action_confirm()
        return self.env["collection.case"]._open_next_case(self.case_id)

