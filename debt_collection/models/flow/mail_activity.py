from odoo import api, models


class MailActivity(models.Model):
    """Which to-dos of a case are done without a contact."""

    _inherit = "mail.activity"

    @api.model
    def _on_asking_contact(self, to_dos):
        return to_dos.filtered(lambda to_do: not to_do.collection_legal_action_id)
