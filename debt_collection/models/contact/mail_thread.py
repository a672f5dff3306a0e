import logging
import re

from odoo import api, models

from ...tools.reply_reader import is_machine
from ..base.collection_guard import OURS

_logger = logging.getLogger(__name__)
FAILED = "failed"
DELAYED = re.compile(r"\bdelay(ed)?\b|\bstill being retried\b|\bverzögert\b", re.IGNORECASE)
UNDELIVERED = re.compile(r"\bfail|undeliver|returned|unzustellbar", re.IGNORECASE)


class MailThread(models.AbstractModel):
    """Answers that no person wrote are no contacts; forged ones no evidence (P3.7)."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if self._is_collection_auto_reply(message):
            self = self.with_context(collection_auto_reply=OURS)
        # Every user can hand in an e-mail: only the mail server and administrators vouch for one.
        if self._is_collection_sender_refused(message) or not (
            self.env.su or self.env.user._is_system()
        ):
            self = self.with_context(collection_sender_unverified=OURS)
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _is_collection_sender_refused(self, message):
        """Whether the mail server that took the e-mail in says it is not from its sender.

        RFC 8601: only the first such field counts, that of the server nearest to us.
        """
        result = (message.get("Authentication-Results") or "").lower()
        return "dmarc=fail" in result or ("spf=fail" in result and "dkim=pass" not in result)

    @api.model
    def _is_collection_auto_reply(self, message):
        """Whether a machine wrote the e-mail: RFC 3834, and what is usual beside it."""
        return is_machine(message)

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A notice that an e-mail is only late fails nothing: the server still tries."""
        if self._is_collection_delay(email_message):
            _logger.info("Collections: %s is late, not lost.", message_dict.get("bounced_email"))
            return None
        return super()._routing_handle_bounce(email_message, message_dict)

    @api.model
    def _is_collection_delay(self, message):
        """Whether a delivery notice (RFC 3464) tells of delays or deliveries, and no failure.

        Of one without the part that machines read, the subject tells.
        """
        actions = [
            str(block.get("Action") or "").strip().lower()
            for part in message.walk()
            if part.get_content_type() == "message/delivery-status"
            for block in (part.get_payload() if part.is_multipart() else ())
            if block.get("Action")
        ]
        if actions:
            return FAILED not in actions
        subject = str(message.get("Subject") or "")
        return bool(DELAYED.search(subject)) and not UNDELIVERED.search(subject)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """An e-mail that nobody expects goes to the letter whose number it quotes."""
        try:
            return super().message_route(message, message_dict, model, thread_id, custom_values)
        except ValueError:
            record = self._on_unrouted(self._get_collection_quoted(message_dict))
            if not record:
                raise
            return [(record._name, record.id, None, self.env.uid, None)]

    @api.model
    def _get_collection_quoted(self, message_dict):
        """Words of an e-mail that look like numbers of documents."""
        text = f"{message_dict.get('subject') or ''} {message_dict.get('body') or ''}"
        return list(dict.fromkeys(re.findall(r"[A-Z][A-Z0-9]*(?:/[A-Z0-9]+)*/\d{2,}", text)))[:20]

    @api.model
    def _on_unrouted(self, numbers):
        """Called for an e-mail without a place; returns the record whose number it quotes.

        Implemented in models/flow/mail_thread.py.
        """
        return None

