from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionLetter(models.Model):
    """Letters whose sending was cut off: a person looks in the mail server's log, and decides."""

    _inherit = "collection.letter"

    is_sending_unknown = fields.Boolean(
        "May Have Been Sent", compute="_compute_is_sending_unknown", compute_sudo=True
    )

    @api.depends("state", "mail_mail_id.is_collection_unknown")
    def _compute_is_sending_unknown(self):
        for letter in self:
            letter.is_sending_unknown = (
                letter.state == "failed" and letter.mail_mail_id.is_collection_unknown
            )

    def action_confirm_sent(self):
        """The mail server did take these letters, its log says so: they were sent at that time."""
        self._lock()
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        for letter in self:
            if not letter.is_sending_unknown:
                raise UserError(
                    self.env._(
                        "“%(letter)s” was not cut off while it was being sent: what became of it"
                        " is known.",
                        letter=letter.display_name,
                    )
                )
        # Only the system may write e-mails; who may send letters was checked.
        for letter_sudo in self.sudo():
            mail_sudo = letter_sudo.mail_mail_id
            mail_sudo.write({"state": "sent", "is_collection_unknown": False,
                             "failure_type": False, "failure_reason": False})
            mail_sudo.mail_message_id.notification_ids.write({
                "notification_status": "sent", "failure_type": False, "failure_reason": False,
            })
            letter_sudo._mark_sent(mail_sudo.date_collection_try)
            letter_sudo.message_post(body=self.env._(
                "%(user)s found in the mail server's log that it was sent.",
                user=self.env.user.name,
            ))
