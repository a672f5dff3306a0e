from odoo import models

from odoo.addons.iap.tools import iap_tools
from odoo.addons.snailmail.models.snailmail_letter import (
    DEFAULT_ENDPOINT,
    DEFAULT_TIMEOUT,
    PRINT_ENDPOINT,
)


class SnailmailLetter(models.Model):
    """Letters of ours are posted once, by the job of the letters and by nobody else."""

    _inherit = "snailmail.letter"

    def _snailmail_print(self, immediate=True):
        others = self.filtered(lambda letter: letter.model != "collection.letter")
        return super(SnailmailLetter, others)._snailmail_print(immediate)

    def _ask_collection_service(self):
        """Ask the service to print and post the letter.

        :return: dict of ``sent``, ``error``, ``tracking`` and ``cost``
        """
        self.ensure_one()
        params = self._snailmail_create("print")
        if not params["documents"]:
            return {"error": self.error_code}
        get_param = self.env["ir.config_parameter"].sudo().get_param
        response = iap_tools.iap_jsonrpc(
            get_param("snailmail.endpoint", DEFAULT_ENDPOINT) + PRINT_ENDPOINT,
            params=params,
            timeout=int(get_param("snailmail.timeout", DEFAULT_TIMEOUT)),
        )
        if response["request_code"] != 200:
            return {"error": response.get("reason")}
        [document] = response["request"]["documents"]
        if not document.get("sent"):
            return {"error": document.get("error")}
        return {
            "sent": True, "tracking": document.get("send_id"),
            "cost": response.get("total_cost") or 0.0,
        }

    def _note_collection_answer(self, sent, words):
        """Keep what the service said. One that was not posted is not tried again by Odoo's job."""
        self.ensure_one()
        state = "sent" if sent else "canceled"
        self.write({"state": state, "info_msg": words, "error_code": False})
        self.notification_ids.write({
            "notification_status": state,
            "failure_type": False, "failure_reason": False if sent else words,
        })
