from odoo import api, models


class CollectionChannelEmail(models.AbstractModel):
    _inherit = "collection.channel.email"

    @api.model
    def _send(self, letters):
        """Each e-mail becomes a job, committed with the fact that the letter was queued."""
        sent = super()._send(letters)
        letters.sudo().mail_mail_id._enqueue_collection()
        return sent
