from odoo import api, models
from odoo.exceptions import UserError

WORDS = {
    "body", "subject", "attachment_ids", "email_from", "author_id", "reply_to", "date", "model",
    "res_id", "message_type", "parent_id", "partner_ids", "incoming_email_to",
    "incoming_email_cc", "outgoing_email_to",
}


class MailMessage(models.Model):
    """E-mails with customers are evidence: people neither change nor delete them (P3.7)."""

    _inherit = "mail.message"

    def write(self, vals):
        if not self.env.su and WORDS & vals.keys():
            self._check_no_collection_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_collection_evidence(self):
        if not self.env.su:
            self._check_no_collection_evidence()

    def _check_no_collection_evidence(self):
        """Raise a ``UserError`` if one of these is an e-mail, or an activity on record, of ours."""
        # Which message is evidence does not depend on who may read it.
        ours_sudo = self.sudo().filtered(
            lambda message: (message.model or "").startswith("collection.")
        )
        if not ours_sudo:
            return
        if any(
            message.message_type in ("email", "email_outgoing") for message in ours_sudo
        ) or self.env["collection.activity"].sudo().search_count(
            [("message_id", "in", ours_sudo.ids)], limit=1
        ):
            raise UserError(
                self.env._("E-mails with customers are evidence: they stay as they were sent.")
            )
