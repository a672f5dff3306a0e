from odoo import models

from .collection_guard import OURS


class CollectionLetter(models.Model):
    """Answers to a letter belong to its case: contacts that pause the chase (P3.7)."""

    _inherit = "collection.letter"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if (
            self.env.context.get("collection_auto_reply") is OURS
            or message.message_type not in ("comment", "email")
            or message.is_internal
            or message.subtype_id.internal
        ):
            return result
        # Whoever answers has no right on the case.
        case_sudo = self.sudo().case_id
        if case_sudo and case_sudo._is_from_customer(message):
            case_sudo._record_email(message, "inbound", outcome="reached")
            case_sudo._on_reply()
        elif not case_sudo and self._is_from_its_customer(message):
            self._add_to_do(self.env._("The customer has answered by e-mail"))
        return result

    def _is_from_its_customer(self, message):
        return message.author_id.commercial_partner_id == self.partner_id
