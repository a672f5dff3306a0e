from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import requests
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.debt_collection.tests.letter.letter_common import LetterCommon
from odoo.addons.debt_collection.tests.letter.service_common import Killed, ServiceMixin
from odoo.addons.iap.tools import iap_tools
from odoo.addons.sms.controllers.main import SmsController

QUIET = (
    "odoo.addons.debt_collection.models.letter.collection_letter_service",
    "odoo.addons.iap.tools.iap_tools", "odoo.tools.translate", "odoo.addons.sms.models.sms_sms",
)


def answer(path, request, state="success"):
    """The service takes each number."""
    numbers = [
        (number["uuid"], number["number"], message["content"])
        for message in request["params"]["messages"] for number in message["numbers"]
    ]
    results = [{"uuid": uuid, "state": state, "credit": 0.07} for uuid, _to, _text in numbers]
    return {"jsonrpc": "2.0", "id": 1, "result": results}, (
        numbers if state in ("success", "processing") else []
    )


@tagged("post_install", "-at_install", "debt_collection")
class TestLetterAsSms(ServiceMixin, LetterCommon):
    """Letters as text messages: one at most, within the hours, each with its state."""

    def setUp(self):
        super().setUp()
        self.service = self._start_odoo_service(answer, iap_tools, "sms.endpoint")
        self._mute(*QUIET)
        rule = self.env["collection.contact.rule"].create({
            "name": "Office Hours", "hour_from": 9, "hour_to": 18, "on_violation": "warn",
        })
        self.partner_a.write({
            "phone": "+44 20 7946 0018", "country_id": self.env.ref("base.uk").id,
            "collection_tz": "UTC", "collection_contact_rule_id": rule.id,
        })
        self._overdue_invoice(10, 100.0)

    def _queued(self, **vals):
        letter = self._approved("reminder", channel="sms", **vals)
        letter.action_send()
        self.assertTrue(letter.date_queued)
        return letter

    def _report(self, letter, status, uuid=None):
        """The service's webhook calls."""
        controller = SmsController()
        request = SimpleNamespace(env=self.env)
        with patch("odoo.addons.sms.controllers.main.request", request):
            # The endpoint itself: what the route adds is for a request over HTTP.
            SmsController.update_sms_status.original_endpoint(
                controller, [{"uuids": [uuid or letter.service_ref], "sms_status": status}]
            )

    def test_text_number_state_and_cost(self):
        letter = self._queued()
        self.assertFalse(self.service.taken, "Nothing leaves before it is committed.")
        self._hand_over()
        [(uuid, number, text)] = self.service.taken
        self.assertEqual(number, "+442079460018")
        self.assertIn(letter.case_id.access_token, text)
        self.assertIn("100.00", text)
        self.assertNotIn("{", text)
        self.assertEqual(text, letter.pdf_attachment_id.raw.decode(), "Sealed as it was sent.")
        self.assertRecordValues(letter, [{
            "state": "sent", "service_state": "accepted", "service_ref": uuid,
            "service_cost": 0.07, "email_to": "+442079460018",
        }])
        self.assertRecordValues(letter.contact_ids, [{"method": "sms", "state": "confirmed"}])
        self._hand_over()
        self.assertEqual(len(self.service.taken), 1)
        self.env["sms.sms"]._process_queue()
        self.env["sms.sms"].search([("uuid", "=", uuid)]).send()
        self.env["sms.sms"].search([("uuid", "=", uuid)]).resend_failed()
        self.assertEqual(len(self.service.taken), 1, "Odoo's own queue leaves it alone.")

    def test_receipts_come_twice_and_late(self):
        letter = self._queued()
        self._hand_over()
        for status in ("sent", "sent", "delivered", "delivered", "sent", "not_delivered"):
            self._report(letter, status)
        self.assertRecordValues(letter, [{
            "state": "delivered", "service_state": "delivered", "delivery_proof": "receipt",
            "date_delivered": self.TODAY,
        }])
        self.assertEqual(len(letter.contact_ids), 2, "The sending, and its correction.")
        self._report(letter, "delivered", uuid="0" * 32)

    def test_not_delivered(self):
        letter = self._queued()
        self._hand_over()
        self._report(letter, "invalid_destination")
        self._report(letter, "sent")
        self.assertRecordValues(letter, [{"state": "failed", "service_state": "refused"}])
        self.assertIn("right one", letter.failure_reason)
        self.assertTrue(letter.activity_ids, "Somebody is told.")
        letter.action_retry()
        self._hand_over()
        self.assertEqual(letter.state, "sent")
        self.assertEqual(len({uuid for uuid, _number, _text in self.service.taken}), 2)

    def test_refused(self):
        for state, words in (
            ("insufficient_credit", "credit"), ("wrong_number_format", "number is wrong"),
            ("country_not_supported", "country"), ("whatever", "refused"),
        ):
            with self.subTest(state=state):
                self.service.faults = [lambda *args, state=state: answer(*args, state)]
                letter = self._queued()
                self._hand_over()
                self.assertEqual(letter.state, "failed")
                self.assertIn(words, letter.failure_reason)
                self.assertFalse(letter.is_sending_unknown)
                letter.action_cancel()
        self.assertFalse(self.service.taken)

    def test_no_connection_waits(self):
        self.service.stop()
        letter = self._queued()
        self._hand_over()
        self.assertRecordValues(letter, [{
            "state": "approved", "date_handed": False, "service_state": False,
        }])
        self.assertGreater(letter.date_send_from, letter.date_queued)
        self._hand_over()
        with freeze_time(f"{self.TODAY + timedelta(days=1)} 10:00:00"):
            self._hand_over()
        self.assertEqual(letter.state, "failed", "After a day somebody is told.")

    def test_cut_off_answers(self):
        """It took the message and did not answer: nobody knows, so nobody sends it again."""
        self.service.faults = ["hang_up"]
        letter = self._queued()
        self._hand_over()
        self.assertEqual(len(self.service.taken), 1)
        self.assertRecordValues(letter, [{"state": "failed", "service_state": "unknown"}])
        self.assertTrue(letter.is_sending_unknown)
        self._hand_over()
        self.assertEqual(len(self.service.taken), 1)
        self._report(letter, "sent")
        self.assertRecordValues(letter, [{"state": "sent", "service_state": "accepted"}])
        self._report(letter, "delivered")
        self.assertEqual(letter.state, "delivered")

    def test_time_out(self):
        """The service took the message, but its answer came too late."""
        post = requests.post

        def answer_late(*args, **kwargs):
            post(*args, **kwargs)
            raise requests.ReadTimeout

        letter = self._queued()
        with patch.object(requests, "post", answer_late):
            self._hand_over()
        self._hand_over()
        self.assertEqual(len(self.service.taken), 1)
        self.assertRecordValues(letter, [{"state": "failed", "service_state": "unknown"}])

    def test_server_errors(self):
        for status, expected in ((500, "unknown"), (404, "refused"), (502, "unknown")):
            with self.subTest(status=status):
                self.service.faults = [status]
                letter = self._queued()
                self._hand_over()
                self.assertRecordValues(letter, [{"state": "failed", "service_state": expected}])
                letter.action_cancel()

    def _die_in(self, name, is_after):
        """The process dies in a method of the channel, before or after it has done its work."""
        channel = self.registry["collection.channel.sms"]
        real = getattr(channel, name)

        def dying(channel_model, letter):
            if is_after:
                real(channel_model, letter)
            raise Killed

        return patch.object(channel, name, dying)

    def test_killed_in_between(self):
        for name, is_after, taken in (
            ("_begin", False, 1), ("_begin", True, 1), ("_hand_over", False, 0),
            ("_hand_over", True, 1),
        ):
            with self.subTest(name=name, is_after=is_after):
                self.service.taken.clear()
                letter = self._queued()
                with self._die_in(name, is_after):
                    self._hand_over()
                for minutes in (1, 20, 40):
                    with freeze_time(f"{self.TODAY} 09:{minutes}:00"):
                        self._hand_over()
                self.assertEqual(len(self.service.taken), taken)
                is_cut_off = name == "_hand_over"
                self.assertEqual(letter.state, "failed" if is_cut_off else "sent")
                self.assertEqual(letter.is_sending_unknown, is_cut_off)
                if is_cut_off:
                    letter.action_confirm_sent()
                    self.assertEqual(letter.state, "sent")
                letter.sudo().case_id._note_letter(False)

    def test_never_outside_hours(self):
        """The usual rule lets nobody be texted at night, even where it would only warn people."""
        with freeze_time(f"{self.TODAY} 20:30:00"):
            letter = self._queued()
            self.assertEqual(str(letter.date_send_from), "2025-10-01 09:00:00")
            self._hand_over()
            letter.sudo().date_send_from = False
            self._hand_over()
            self.assertFalse(self.service.taken)
        with freeze_time("2025-10-01 08:59:00"):
            self._hand_over()
            self.assertFalse(self.service.taken)
        with freeze_time("2025-10-01 09:00:00"):
            self._hand_over()
        self.assertEqual(len(self.service.taken), 1)

    def test_paid_or_paused_meanwhile(self):
        letter = self._queued()
        self._pay(self.env["account.move"].search(
            [("partner_id", "=", self.partner_a.id), ("move_type", "=", "out_invoice")], limit=1
        ))
        self._hand_over()
        self.assertEqual(letter.state, "cancelled")
        self._overdue_invoice(10, 70.0)
        letter = self._queued()
        self.partner_a.with_company(self.company).write({
            "collection_hold": True, "collection_hold_reason": "A wish",
            "collection_hold_until": self.TODAY + timedelta(days=30),
        })
        self._hand_over()
        self.assertRecordValues(letter, [{"state": "approved", "date_queued": False}])
        self.assertTrue(letter.hold_reason)
        self.assertFalse(self.service.taken)

    def test_wishes_and_numbers(self):
        letter = self._approved("reminder", channel="sms")
        self.partner_a.collection_no_sms = True
        letter.action_send()
        self.assertFalse(letter.date_queued)
        self.partner_a.write({"collection_no_sms": False, "phone": "12"})
        with self.assertRaisesRegex(UserError, "not valid"):
            letter.action_send()
        self.partner_a.phone = False
        with self.assertRaisesRegex(UserError, "No phone"):
            letter.action_send()
        self.partner_a.phone = "+44 20 7946 0018"
        self.env["phone.blacklist"].create({"number": "+442079460018"})
        with self.assertRaisesRegex(UserError, "blacklist"):
            letter.action_send()
        letter.action_cancel()
        self.env["phone.blacklist"].search([]).unlink()
        letter = self._approved("reminder", channel="sms", short_text="请付款 {page_link}" * 5)
        with self.assertRaisesRegex(UserError, "takes"):
            letter.action_send()

    def test_who_has_a_number_gets_it(self):
        self.partner_a.phone = False
        person = self.env["res.partner"].create({
            "name": "With Phone", "parent_id": self.partner_a.id, "type": "collection",
            "phone": "020 7946 0019", "country_id": self.env.ref("base.uk").id,
        })
        channel = self.env["collection.channel.sms"]
        self.assertEqual(channel._choose_contact(self.partner_a, "reminder", None), person)
        self.assertEqual(channel._get_number(person), "+442079460019")

    def test_channel_of_an_approved_letter(self):
        letter = self._approved("reminder", channel="sms")
        with self.assertRaisesRegex(UserError, "another length"):
            letter.channel = "email"
        letter.channel = "other"

    def test_offered_everywhere_and_by_steps(self):
        for model, name in (
            ("collection.letter.template", "channel"), ("collection.letter.run", "channel"),
            ("collection.policy.step", "letter_channel"),
            ("collection.policy.statement", "channel"),
        ):
            field = self.env[model]._fields[name]
            self.assertIn("sms", dict(field._description_selection(self.env)))
        self.policy.preparation_required = False
        self.policy.step_ids.sudo().unlink()
        step = self.env["collection.policy.step"].sudo().create({
            "policy_id": self.policy.id, "name": "Text", "method": "letter", "offset": 5,
            "letter_kind": "reminder", "letter_channel": "sms", "repeat_days": 8,
        })
        self.company.collection_is_started = True
        self._night()
        letter = self._case().letter_ids
        self.assertEqual(letter.channel, "sms")
        with self.enter_registry_test_mode():
            self.assertIs(
                self.env.ref("debt_collection.cron_letters").method_direct_trigger(), True
            )
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.case_step_id.step_id, step)
        self.assertEqual(letter.case_step_id.state, "done")
        with freeze_time(f"{self.TODAY + timedelta(days=9)} 10:00:00"):
            self._night(9)
            self.env["collection.letter"]._send_slice(
                self._case().letter_ids.filtered("date_released").ids
            )
            self._hand_over()
        self.assertEqual(len(self.service.taken), 2, "The step came again.")

    def test_uninstalled(self):
        draft = self._letter("reminder", channel="sms")
        letter = self._queued()
        self._hand_over()
        template = self.env.ref("debt_collection.letter_template_reminder")
        template.channel = "sms"
        self.env["collection.letter"]._drop_channel("sms")
        self.assertRecordValues(draft | letter, [{"channel": "email"}, {"channel": "other"}])
        self.assertEqual(template.channel, "auto")
