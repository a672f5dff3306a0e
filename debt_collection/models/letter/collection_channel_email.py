from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import email_normalize_all

from ...tools.letter_text import paragraphs


class CollectionChannelEmail(models.AbstractModel):
    """E-mails with the letter's PDF: Odoo's queue sends them, `mail_mail.py` tells the result."""

    _name = "collection.channel.email"
    _description = "Letters by E-Mail"
    _inherit = "collection.channel"

    _rule_channel = "email"

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        return "" if contact.email_normalized else self.env._("No e-mail address")

    @api.model
    def _describe_missing(self, contact, missing):
        return self.env._(
            "%(contact)s has no valid e-mail address. Enter one, choose another contact,"
            " or send the letter by post.",
            contact=contact.display_name,
        )

    @api.model
    def _get_target(self, letter):
        return ", ".join(email_normalize_all((letter.contact_id or letter.partner_id).email))

    @api.model
    def _send(self, letters):
        """One e-mail a letter, with its PDF; the mail queue sends them once it is committed."""
        # Only the system may write e-mails; who may send the letters was checked.
        letters_sudo = letters.sudo()
        mails_sudo = self.env["mail.mail"].sudo().create(
            [self._prepare_mail(letter, self.env.user) for letter in letters_sudo]
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
                "email_to": self._get_target(letter),
                "email_copies": ", ".join(
                    (letter.cc_contact_ids | letter.bcc_contact_ids).mapped("email_normalized")
                ),
                "failure_reason": False,
            })
        if letters_sudo:
            # Nobody has a right on jobs; it is woken, not changed.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _prepare_mail(self, letter, user):
        """Values of the e-mail: the frozen words, and the frozen PDF."""
        sender = letter.user_id.sudo().filtered("email") or user.sudo()
        company_sudo = letter.company_id.sudo()
        return {
            "model": letter._name,
            "res_id": letter.id,
            "record_name": letter.display_name,
            "subject": letter.mail_subject or letter.subject,
            "body_html": self._get_mail_html(letter),
            "body": self._get_mail_html(letter),
            "author_id": sender.partner_id.id,
            "email_from": sender.email_formatted or company_sudo.email_formatted,
            "recipient_ids": [
                (4, contact.id)
                for contact in (letter.contact_id or letter.partner_id) | letter.bcc_contact_ids
            ],
            "email_cc": ", ".join(
                letter.cc_contact_ids.filtered("email").mapped("email_formatted")
            ),
            "attachment_ids": [
                (4, attachment.id) for attachment in letter.pdf_attachment_id | letter.copy_ids
            ],
            "message_type": "email_outgoing",
            "is_notification": True,
            "auto_delete": False,
            **self._prepare_schedule(letter),
        }

    @api.model
    def _prepare_schedule(self, letter):
        """Values of an e-mail that waits for the hours at which the customer is written to."""
        moment, _words = letter._get_next_contact() if letter.case_id else (None, "")
        if moment and moment > fields.Datetime.now():
            return {"scheduled_date": moment}
        return {}

    @api.model
    def _get_mail_html(self, letter):
        links = Markup("").join(
            Markup('<li><a href="%s">%s</a></li>') % (url, number)
            for number, url in letter._get_invoice_links()
        )
        if links:
            heading = letter.with_context(lang=letter._get_lang()).env._("Your invoices:")
            links = Markup("<p>%s</p><ul>%s</ul>") % (heading, links)
        return Markup("<div>%s%s</div>") % (Markup("").join(
            Markup("<p>%s</p>") % Markup("<br/>").join(lines)
            for lines in paragraphs(letter.mail_body or letter.body)
        ), links)

    @api.model
    def _stop(self, letters):
        # Only the system may write e-mails; who may take the letters back was checked.
        mails_sudo = letters.sudo().mail_mail_id.filtered(lambda mail: mail.state != "sent")
        mails_sudo.lock_for_update()
        if any(mail.state == "outgoing" and mail.date_collection_try for mail in mails_sudo):
            raise UserError(self.env._("The e-mail is being sent at this moment: look again."))
        mails_sudo.cancel()

    @api.model
    def _confirm_sent(self, letter):
        # Only the system may write e-mails; who may send letters was checked.
        mail_sudo = letter.sudo().mail_mail_id
        mail_sudo.write({"state": "sent", "is_collection_unknown": False,
                         "failure_type": False, "failure_reason": False})
        mail_sudo.mail_message_id.notification_ids.write({
            "notification_status": "sent", "failure_type": False, "failure_reason": False,
        })
        return mail_sudo.date_collection_try
