from odoo import fields, models
from odoo.tools import email_normalize, html2plaintext

from .collection_guard import OURS


class CollectionCase(models.Model):
    """E-mails of the case's log are contacts; a customer's answer pauses the chase (P3.7)."""

    _inherit = "collection.case"

    def _message_post_after_hook(self, message, msg_values):
        self._check_words_to_customer(message)
        super()._message_post_after_hook(message, msg_values)
        if (
            self.env.context.get("collection_auto_reply") is OURS
            or message.message_type not in ("comment", "email")
            or message.is_internal
            or message.subtype_id.internal
        ):
            return
        if self._is_from_customer(message):
            self._record_email(message, "inbound", outcome="reached")
            self._on_reply()
        elif message.author_id.user_ids and self._get_customer_recipients(message):
            self._record_email(message, "outbound", user=message.author_id.user_ids[:1])

    def _is_from_customer(self, message):
        """Whether the customer, or a contact with a known address, wrote the message."""
        if message.author_id:
            return message.author_id.commercial_partner_id == self.partner_id
        sender = email_normalize(message.email_from)
        contacts = self.partner_id | self.partner_id.child_ids
        return bool(sender) and sender in contacts.mapped("email_normalized")

    def _get_customer_recipients(self, message):
        """The customer's people who get the message: those named, and followers of the case."""
        # A collector need not see every contact that follows.
        case_sudo = self.sudo()
        return (message.sudo().partner_ids | case_sudo.message_partner_ids).filtered(
            lambda partner: partner.email
            and partner.commercial_partner_id == case_sudo.partner_id
        )

    def _record_email(self, message, direction, user=None, outcome="other", **vals):
        """Record an e-mail of the case as a confirmed contact.

        :param direction: ``outbound`` or ``inbound``
        :param user: who wrote it, or gets the answer; the case's collector when not given
        """
        # The log is written by the system; gateway and jobs have no right of their own on it.
        return self.env["collection.activity"].sudo().create(
            self._prepare_email_vals(message, direction, user, outcome, **vals)
        )

    def _prepare_email_vals(self, message, direction, user=None, outcome="other", **vals):
        """Values of the contact that an e-mail of the case is."""
        self.ensure_one()
        text = html2plaintext(message.body or "").strip()
        contact = (
            message.author_id if direction == "inbound" else self._get_mail_contact(message)
        )
        return {
            "case_id": self.id,
            "method": "email",
            "direction": direction,
            "outcome": outcome,
            "contact_id": contact.id,
            "user_id": (user or self.user_id or self.env.user).id,
            "feedback": text if direction == "inbound" else message.subject or text,
            "message_id": message.id,
            "state": "confirmed",
            **vals,
        }

    def _get_mail_contact(self, message):
        # The recipients of a message that the user may read.
        recipients = message.sudo().partner_ids.filtered(
            lambda partner: partner.commercial_partner_id == self.partner_id
        )
        return recipients[:1] or self.partner_id._get_collection_contact()

    def _on_reply(self):
        """No new steps until somebody has read the answer; the collector gets a to-do."""
        self.ensure_one()
        if self.is_closed:
            return
        today = self.company_id._get_collection_today()
        # Whoever sent the answer has no right on the case.
        case_sudo = self.sudo()
        case_sudo._pause_for_reply()
        responsible = case_sudo._get_responsible("collector")
        reader = self.company_id._in_collection_language(self, responsible)
        summary = reader.env._("The customer has answered by e-mail")
        if summary not in case_sudo.activity_ids.mapped("summary") and responsible:
            case_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today,
                summary=summary,
                user_id=responsible.id,
            )

    def _pause_for_reply(self):
        """No new steps for the policy's number of days: the customer has said something."""
        self.ensure_one()
        policy = self._get_policy()
        if policy.reply_pause_days:
            self.wait_until = fields.Date.add(
                self.company_id._get_collection_today(), days=policy.reply_pause_days
            )
