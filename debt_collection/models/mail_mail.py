import smtplib

from odoo import fields, models


class MailMail(models.Model):
    """E-mails of letters: sent once, and the letter knows what became of it."""

    _inherit = "mail.mail"

    date_collection_try = fields.Datetime(
        "Letter Handed Over On", readonly=True,
        help="Committed before the mail server is asked. An e-mail that still waits although it"
        " has this mark was cut off in between, and may have gone out.",
    )

    def _send(self, auto_commit=False, raise_exception=False, smtp_session=None,
              alias_domain_id=False, mail_server=False, post_send_callback=None):
        """Letters one by one, marked and committed before each: none goes out twice."""
        options = {
            "auto_commit": auto_commit,
            "raise_exception": raise_exception,
            "smtp_session": smtp_session,
            "alias_domain_id": alias_domain_id,
            "mail_server": mail_server,
            "post_send_callback": post_send_callback,
        }
        letters = self.filtered(lambda mail: mail.model == "collection.letter")
        others = self - letters
        if others or not self:
            super(MailMail, others)._send(**options)
        for mail in letters.filtered(lambda mail: mail.state == "outgoing"):
            if mail.date_collection_try:
                mail._give_up(self.env._(
                    "The sending was cut off: it is not known whether the mail server took the"
                    " letter. Look in the mail server's log before you send it again."
                ))
            else:
                mail.date_collection_try = fields.Datetime.now()
                mail._commit_if(auto_commit)
                try:
                    super(MailMail, mail)._send(**options)
                except smtplib.SMTPServerDisconnected:
                    mail._give_up(self.env._(
                        "The mail server hung up: it is not known whether it took the letter."
                    ))
                    mail._commit_if(auto_commit)
                    # The session is of no use to the others; they stay in the queue.
                    raise
            mail._commit_if(auto_commit)
        return True

    def _commit_if(self, auto_commit):
        if auto_commit is True:
            # As Odoo does after each e-mail: what has left cannot be taken back.
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _give_up(self, reason):
        self.ensure_one()
        self.write({"state": "exception", "failure_reason": reason, "failure_type": "unknown"})
        self._postprocess_sent_message(
            success_pids=[], success_emails=[], failure_reason=reason, failure_type="unknown"
        )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False,
                                  failure_type=None):
        letters = {
            mail.id: mail.state for mail in self if mail.model == "collection.letter"
        }
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
        if letters:
            self.browse(letters)._tell_letters()
        return result

    def _tell_letters(self):
        # The mail server tells of letters of everybody.
        letters_sudo = self.env["collection.letter"].sudo().search(
            [("mail_mail_id", "in", self.ids)]
        )
        for letter_sudo in letters_sudo:
            letter_sudo._on_mail_result(letter_sudo.mail_mail_id)
