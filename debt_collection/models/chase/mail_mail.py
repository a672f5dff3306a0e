from odoo import models


class MailMail(models.Model):
    """E-mails of steps: what pauses the chase takes them out of the queue again."""

    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        others = self - self._take_back_paused_steps()
        if others or not self:
            return super(MailMail, others)._send(*args, **kwargs)
        return True

    def _take_back_paused_steps(self):
        """Cancel those of these that a step had queued before its chase was paused.

        :return: these; they do not leave, and their steps come again after the pause
        """
        waiting = self.filtered(
            lambda mail: mail.model == "collection.case" and mail.state == "outgoing"
        )
        if not waiting:
            return waiting
        # The mail queue works for everybody.
        contacts_sudo = self.env["collection.activity"].sudo().search([
            ("message_id", "in", waiting.mail_message_id.ids), ("case_step_id", "!=", False),
            ("direction", "=", "outbound"),
        ])
        messages = contacts_sudo._take_back_emails().message_id
        halted = waiting.filtered(lambda mail: mail.mail_message_id in messages)
        halted.cancel()
        return halted
