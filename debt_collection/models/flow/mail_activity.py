from odoo import models


class MailActivity(models.Model):
    """Which to-dos of a case are done without a contact."""

    _inherit = "mail.activity"

    def _on_contact_asked(self):
        return self.filtered("collection_legal_action_id")
