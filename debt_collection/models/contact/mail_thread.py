from odoo import api, models

from ..base.collection_guard import OURS


class MailThread(models.AbstractModel):
    """Answers that no person wrote are no contacts; forged ones no evidence (P3.7)."""

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if self._is_collection_auto_reply(message):
            self = self.with_context(collection_auto_reply=OURS)
        if self._is_collection_sender_refused(message):
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
        automatic = (message.get("Auto-Submitted") or "no").split(";")[0].strip().lower()
        precedence = (message.get("Precedence") or "").strip().lower()
        return (
            automatic != "no"
            or precedence in ("auto_reply", "bulk", "junk")
            or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
        )

