from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.letter_text import paragraphs


class CollectionLetter(models.Model):
    """Sending: an e-mail that is queued once, or paper that somebody posts or brings (P4.1).

    A letter is *sent* when the mail server has taken it, never before; until then it is
    approved and queued.
    """

    _inherit = "collection.letter"

    date_queued = fields.Datetime("Queued On", readonly=True, copy=False)
    date_sent = fields.Datetime("Sent On", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    mail_mail_id = fields.Many2one(
        "mail.mail", "E-Mail", readonly=True, copy=False, index="btree_not_null"
    )
    email_to = fields.Char("Sent To", readonly=True, copy=False)

    def action_send(self):
        """Send these approved letters: e-mails are queued, paper counts as handed over now.

        What was paid or contested meanwhile is cancelled instead; a message says so.
        """
        self._lock()
        self._check_can_send()
        good, words = self._hold_back(self, [])
        good._do_send()
        return self._notify(words)

    def _check_can_send(self):
        """Raise unless these letters are approved, unsent, and have somewhere to go."""
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        self._check_state("approved")
        for letter in self:
            if letter.date_queued:
                raise UserError(
                    self.env._(
                        "“%(letter)s” is with the mail server already.",
                        letter=letter.display_name,
                    )
                )
            today = letter.company_id._get_collection_today()
            if letter.date_deadline and letter.date_deadline < today:
                raise UserError(
                    self.env._(
                        "The deadline of “%(letter)s” has passed. Cancel it and write a new one.",
                        letter=letter.display_name,
                    )
                )
            letter._check_recipient()
        self._check_pdf()
        self._on_send()

    def _on_send(self):
        """Called before letters are sent; raises if something speaks against it.

        Implemented in models/flow/collection_letter.py.
        """

    def _check_recipient(self):
        self.ensure_one()
        contact = self.contact_id or self.partner_id
        if self.channel == "email" and not contact.email_normalized:
            raise UserError(
                self.env._(
                    "%(contact)s has no valid e-mail address. Enter one, choose another contact,"
                    " or send the letter by post.",
                    contact=contact.display_name,
                )
            )

    def _do_send(self):
        """Queue the e-mails of these letters, and note the others as sent."""
        emails = self.filtered(lambda letter: letter.channel == "email")
        emails._queue_emails()
        (self - emails)._mark_sent()

    def _queue_emails(self):
        """One e-mail a letter, with its PDF; the mail queue sends them once it is committed."""
        # Only the system may write e-mails; who may send the letters was checked.
        letters_sudo = self.sudo()
        mails_sudo = self.env["mail.mail"].sudo().create(
            [letter._prepare_mail(self.env.user) for letter in letters_sudo]
        )
        self.env["mail.notification"].sudo().create([
            {
                "author_id": mail.author_id.id,
                "mail_message_id": mail.mail_message_id.id,
                "mail_mail_id": mail.id,
                "res_partner_id": letter.contact_id.id or letter.partner_id.id,
                "notification_type": "email",
                "notification_status": "ready",
                "is_read": True,
            }
            for letter, mail in zip(letters_sudo, mails_sudo, strict=True)
        ])
        now = fields.Datetime.now()
        for letter, mail in zip(letters_sudo, mails_sudo, strict=True):
            letter.write({
                "date_queued": now,
                "mail_mail_id": mail.id,
                "sent_by_id": self.env.uid,
                "email_to": (letter.contact_id or letter.partner_id).email_normalized,
                "failure_reason": False,
            })
        if letters_sudo:
            # Nobody has a right on jobs; it is woken, not changed.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _prepare_mail(self, user):
        """Values of the e-mail: the frozen words, and the frozen PDF."""
        self.ensure_one()
        sender = self.user_id.sudo().filtered("email") or user.sudo()
        company_sudo = self.company_id.sudo()
        return {
            "model": self._name,
            "res_id": self.id,
            "record_name": self.display_name,
            "subject": self.mail_subject or self.subject,
            "body_html": self._get_mail_html(),
            "body": self._get_mail_html(),
            "author_id": sender.partner_id.id,
            "email_from": sender.email_formatted or company_sudo.email_formatted,
            "recipient_ids": [(4, (self.contact_id or self.partner_id).id)],
            "attachment_ids": [(4, self.pdf_attachment_id.id)],
            "message_type": "email_outgoing",
            "is_notification": True,
            "auto_delete": False,
            **self._prepare_schedule(),
        }

    def _get_mail_html(self):
        self.ensure_one()
        return Markup("<div>%s</div>") % Markup("").join(
            Markup("<p>%s</p>") % Markup("<br/>").join(lines)
            for lines in paragraphs(self.mail_body or self.body)
        )

    def _mark_sent(self, date=None):
        """These letters have left the house: note it, and record the contact (P3.7).

        :param datetime date: when they left; by default now
        """
        for letter_sudo in self.sudo():
            letter_sudo.write({
                "state": "sent",
                "date_sent": date or fields.Datetime.now(),
                "date_released": False,
                "hold_reason": False,
                "failure_reason": False,
                "sent_by_id": letter_sudo.sent_by_id.id or self.env.uid,
            })
            letter_sudo._end_to_dos()
            letter_sudo._record_contact()
        self._on_sent()

    def _on_sent(self):
        """Called once for letters that have just left, however they went.

        Implemented in models/flow/collection_letter.py.
        """

    def action_cancel(self):
        """Drop letters that were not sent; a queued e-mail is taken back."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved", "failed")
        mails_sudo = self.sudo().mail_mail_id.filtered(lambda mail: mail.state != "sent")
        mails_sudo.lock_for_update()
        if any(mail.state == "outgoing" and mail.date_collection_try for mail in mails_sudo):
            raise UserError(self.env._("The e-mail is being sent at this moment: look again."))
        mails_sudo.cancel()
        for letter in self:
            letter._cancel_for(
                letter.cancel_reason or self.env._("By %(user)s", user=self.env.user.name)
            )
