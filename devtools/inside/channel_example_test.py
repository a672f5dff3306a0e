"""Tests of the channel that docs/integration.md shows; put into that add-on to be run."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.letter.letter_common import LetterCommon
from odoo.addons.debt_collection.tests.letter.service_common import ServiceMixin

QUIET = "odoo.addons.debt_collection.models.letter.collection_letter_service"


def answer(path, request):
    """The provider takes a message."""
    return {"price": 0.05}, [(path, request)]


@tagged("post_install", "-at_install")
class TestChannelExample(ServiceMixin, LetterCommon):
    def setUp(self):
        super().setUp()
        self.service = self._start_service(answer)
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param("whatsapp.url", self.service.url)
        set_param("whatsapp.token", "secret")
        self.partner_a.write({"phone": "+44 20 7946 0018", "collection_tz": "UTC"})
        self.env["collection.contact.rule"].search([]).limit_ids.unlink()
        self._overdue_invoice(10, 100.0)

    def _queued(self):
        letter = self._approved("reminder", channel="whatsapp")
        letter.action_send()
        return letter

    def test_sent_once_with_cost_and_receipt(self):
        letter = self._queued()
        self._hand_over()
        self._hand_over()
        [(path, message)] = self.service.taken
        self.assertEqual(path, "/messages")
        self.assertEqual(message["to"], "+44 20 7946 0018")
        self.assertIn("100.00", message["text"])
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "service_state": "accepted",
                    "service_cost": 0.05,
                    "service_ref": message["reference"],
                }
            ],
        )
        self.assertEqual(letter.contact_ids.method, "sms")

    @mute_logger(QUIET)
    def test_faults(self):
        for fault, state, taken in (
            ("hang_up", "unknown", 1),
            (500, "unknown", 0),
            (400, "refused", 0),
        ):
            with self.subTest(fault=fault):
                self.service.taken.clear()
                self.service.faults = [fault]
                letter = self._queued()
                self._hand_over()
                self._hand_over()
                self.assertEqual(len(self.service.taken), taken)
                self.assertRecordValues(letter, [{"state": "failed", "service_state": state}])
                letter.action_cancel()

    def test_offered(self):
        for model in ("collection.letter.template", "collection.letter.run"):
            field = self.env[model]._fields["channel"]
            self.assertIn("whatsapp", dict(field._description_selection(self.env)))
