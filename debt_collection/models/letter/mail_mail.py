import logging
import smtplib
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..base.ir_cron_progress import TRIES

_logger = logging.getLogger(__name__)
PATIENCE = timedelta(days=1)
"""How long the queue tries again a letter while no mail server answers."""


class MailMail(models.Model):
    """E-mails of letters: sent once, and the letter knows what became of it."""

    _inherit = "mail.mail"

    date_collection_try = fields.Datetime(
        "Letter Handed Over On", readonly=True,
        help="Committed before the mail server is asked. An e-mail that still waits although it"
        " has this mark was cut off in between, and may have gone out.",
    )
    is_collection_unknown = fields.Boolean(
        "May Have Been Sent", readonly=True,
        help="The sending was cut off: only the mail server's log tells whether it was taken.",
    )

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        result = super().process_email_queue(email_ids, batch_size)
        if not email_ids:
            self._note_forgotten_results()
        return result

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
            elif mail._take_back_paused():
                continue
            else:
                mail.date_collection_try = fields.Datetime.now()
                mail._commit_if(auto_commit)
                try:
                    super(MailMail, mail)._send(**options)
                except smtplib.SMTPServerDisconnected:
                    mail._give_up(self.env._(
                        "The mail server hung up: it is not known whether it took the letter."
                    ))
                    mail._note_result(auto_commit)
                    # The session is of no use to the others; they stay in the queue.
                    raise
            mail._note_result(auto_commit)
        return True

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """A letter's copies go with the recipient's e-mail, who sees them; not on their own."""
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        if self.model == "collection.letter" and self.email_cc:
            alone = [email for email in emails if email["email_cc"] and not email["email_to"]]
            first = next((email for email in emails if email["email_to"]), None)
            if alone and first:
                emails = [email for email in emails if email not in alone]
                first["email_cc"] = alone[0]["email_cc"]
                first["email_to_normalized"] = [
                    *first["email_to_normalized"], *alone[0]["email_to_normalized"],
                ]
        return emails

    def _take_back_paused(self):
        """Whether the letter of the e-mail waits again: its chase was paused meanwhile."""
        self.ensure_one()
        # The mail queue works for everybody.
        letter_sudo = self.env["collection.letter"].sudo().search(
            [("mail_mail_id", "=", self.id), ("state", "=", "approved")], limit=1
        )
        return bool(letter_sudo) and letter_sudo._take_back_paused()

    def _commit_if(self, auto_commit):
        if auto_commit is True:
            # As Odoo does after each e-mail: what has left cannot be taken back.
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _give_up(self, reason):
        self.ensure_one()
        self.write({
            "state": "exception", "failure_reason": reason, "failure_type": "unknown",
            "is_collection_unknown": True,
        })
        self._postprocess_sent_message(
            success_pids=[], success_emails=[], failure_reason=reason, failure_type="unknown"
        )

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False,
                                  failure_type=None):
        mails = self
        if failure_type == "mail_smtp":
            # No mail server answered: nothing has left, and nobody need look into it yet.
            mails -= self._keep_waiting()
            mails._tell_letters()
        return super(MailMail, mails)._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _keep_waiting(self):
        """Leave letters in the queue that were put there less than a day ago; return those."""
        since = fields.Datetime.now() - PATIENCE
        # The mail queue works for everybody.
        letters_sudo = self.env["collection.letter"].sudo().search(
            [("mail_mail_id", "in", self.ids), ("date_queued", ">", since)]
        )
        waiting = letters_sudo.mail_mail_id.filtered(lambda mail: not mail.date_collection_try)
        waiting.state = "outgoing"
        return waiting

    def _note_result(self, auto_commit):
        """Tell the letter what became of its e-mail, in a transaction of its own.

        Somebody may write the letter's case meanwhile: what the mail server said is committed
        before, so it is not lost with the transaction, and the next run notes what this one
        could not.
        """
        self._commit_if(auto_commit)
        for number in range(TRIES):
            try:
                self._tell_letters()
                self._commit_if(auto_commit)
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if auto_commit is not True:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                _logger.info("Collections: result of mail %s, try %s", self.id, number + 1)

    def _note_forgotten_results(self):
        """Tell letters what became of their e-mails where a run was cut off before it did."""
        # The mail queue works for everybody.
        letters_sudo = self.env["collection.letter"].sudo().search([
            ("state", "=", "approved"),
            ("mail_mail_id.state", "in", ("sent", "exception")),
        ])
        for mail_sudo in letters_sudo.mail_mail_id:
            try:
                with self.env.cr.savepoint():
                    mail_sudo._tell_letters()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            # Whatever is wrong with one letter must not stop the queue, nor the others.
            except Exception:
                _logger.exception("Collections: the result of %s could not be noted.", mail_sudo)

    def _tell_letters(self):
        # The mail server tells of letters of everybody.
        letters_sudo = self.env["collection.letter"].sudo().search(
            [("mail_mail_id", "in", self.ids)]
        )
        for letter_sudo in letters_sudo:
            letter_sudo._note_mail_result(letter_sudo.mail_mail_id)

