from odoo import fields, models

from odoo.addons.debt_collection.models.letter.collection_channel import Receipt

STATES = {"pending": "accepted", "sent": "delivered", "error": "refused"}
"""What the states of messages mean for a letter."""


class SmsTracker(models.Model):
    """Receipts of text messages come back to their letter, each as often as the service likes."""

    _inherit = "sms.tracker"

    collection_letter_id = fields.Many2one(
        "collection.letter", "Letter", ondelete="cascade", index="btree_not_null"
    )

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        _status, failure_type, failure_reason = result
        self._tell_collection_letters("refused", failure_type, failure_reason)
        return result

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        if sms_state in STATES:
            self._tell_collection_letters(STATES[sms_state], failure_type, failure_reason)
        return result

    def _tell_collection_letters(self, state, failure_type, failure_reason):
        # While a message is given to the service, the letter's job notes the answer itself.
        if self.env.context.get("sms_skip_msg_notification"):
            return
        for tracker in self.filtered("collection_letter_id"):
            words = state == "refused" and self.env["collection.channel.sms"]._describe_failure(
                failure_type, failure_reason
            )
            tracker.collection_letter_id._take_report(
                tracker.sms_uuid, Receipt(state, words or "")
            )
