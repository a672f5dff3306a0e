from odoo import models


class SmsSms(models.Model):
    """Messages of letters: what they cost is noted, and only the letter sends them again."""

    _inherit = "sms.sms"

    def _handle_call_result_hook(self, results):
        handled = super()._handle_call_result_hook(results)
        costs = {result["uuid"]: result["credit"] for result in results if result.get("credit")}
        # The letter is written by the system.
        for letter_sudo in self.env["collection.letter"].sudo().search(
            [("service_ref", "in", list(costs))]
        ):
            letter_sudo.write({
                "service_cost": costs[letter_sudo.service_ref],
                "service_cost_unit": self.env._("credits"),
            })
        return handled

    def action_set_outgoing(self):
        """A letter's message is sent again from the letter, after a look at the ledger."""
        return super(SmsSms, self - self._filter_of_letters()).action_set_outgoing()

    def resend_failed(self):
        return super(SmsSms, self - self._filter_of_letters()).resend_failed()

    def send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        return super(SmsSms, self - self._filter_of_letters()).send(
            unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
        )

    def _filter_of_letters(self):
        # Whose message it is, whoever may read trackers.
        trackers_sudo = self.env["sms.tracker"].sudo().search([
            ("sms_uuid", "in", self.mapped("uuid")), ("collection_letter_id", "!=", False),
        ])
        return self.filtered(lambda sms: sms.uuid in trackers_sudo.mapped("sms_uuid"))
