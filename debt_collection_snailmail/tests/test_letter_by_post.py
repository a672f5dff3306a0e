import base64
import io
from unittest.mock import patch

from freezegun import freeze_time
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.debt_collection.tests.letter.letter_common import LetterCommon
from odoo.addons.debt_collection.tests.letter.service_common import Killed, ServiceMixin
from odoo.addons.iap.tools import iap_tools

QUIET = (
    "odoo.addons.debt_collection.models.letter.collection_letter_service",
    "odoo.addons.iap.tools.iap_tools", "odoo.tools.translate",
)


def answer(path, request, error=None):
    """The service prints each document."""
    documents = request["params"]["documents"]
    taken = [] if error else list(documents)
    answered = [
        {**document, "pdf_bin": "", "sent": not error, "error": error, "send_id": 4711}
        for document in documents
    ]
    return {"jsonrpc": "2.0", "id": 1, "result": {
        "request_code": 200, "total_cost": 1.35, "request": {"documents": answered},
    }}, taken


def make_pdf(text):
    """A page with a text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(100, 500, text)
    canvas.save()
    return buffer.getvalue()


@tagged("post_install", "-at_install", "debt_collection")
class TestLetterByPost(ServiceMixin, LetterCommon):
    """Letters printed and posted by the service: once, to a whole address, each with its state."""

    def setUp(self):
        super().setUp()
        self.service = self._start_odoo_service(answer, iap_tools, "snailmail.endpoint")
        self._mute(*QUIET)
        self.startPatcher(patch.object(
            self.registry["collection.letter"], "_render_files",
            lambda letters: [
                (make_pdf(f"Letter {letter.name}"), "pdf", "application/pdf")
                for letter in letters
            ],
        ))
        self.env.ref("debt_collection.collection_letter_report").paperformat_id = self.env.ref(
            "base.paperformat_euro"
        )
        self.partner_a.write({"zip": "BS1 1AA", "country_id": self.env.ref("base.uk").id})
        self._overdue_invoice(10, 100.0)

    def _queued(self, **vals):
        letter = self._approved(channel="snailmail", **vals)
        letter.action_send()
        self.assertTrue(letter.date_queued)
        return letter

    def test_what_is_posted(self):
        letter = self._queued()
        self.assertFalse(self.service.taken, "Nothing leaves before it is committed.")
        self._hand_over()
        [document] = self.service.taken
        self.assertEqual(document["address"]["street"], "1 Long Road")
        self.assertEqual(document["address"]["zip"], "BS1 1AA")
        self.assertEqual(document["address"]["country_code"], "GB")
        pages = PdfReader(io.BytesIO(base64.b64decode(document["pdf_bin"]))).pages
        texts = [page.extract_text() for page in pages]
        self.assertIn("Bristol", texts[0], "The address is where the window is.")
        self.assertIn(letter.name, texts[-1])
        self.assertRecordValues(letter, [{
            "state": "sent", "service_state": "accepted", "tracking_number": "4711",
            "service_cost": 1.35, "service_cost_unit": "EUR",
        }])
        self.assertRecordValues(letter.contact_ids, [{"method": "letter", "state": "confirmed"}])
        self._hand_over()
        self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
        self.assertEqual(len(self.service.taken), 1)

    def test_address_complete(self):
        letter = self._approved(channel="snailmail")
        for name, words in (("zip", "postal code"), ("city", "city"), ("country_id", "country")):
            with self.subTest(name=name):
                kept = self.partner_a[name]
                self.partner_a[name] = False
                with self.assertRaisesRegex(UserError, words):
                    letter.action_send()
                self.partner_a[name] = kept
        letter.action_send()
        self.partner_a.zip = False
        self._hand_over()
        self.assertFalse(self.service.taken)
        self.assertFalse(letter.date_queued)
        self.assertIn("postal code", letter.hold_reason)

    def test_refused_and_not_tried_again_by_odoo(self):
        for error, words in (
            ("CREDIT_ERROR", "credit"), ("NO_PRICE_AVAILABLE", "country"),
            ("FORMAT_ERROR", "file"), ("WHO_KNOWS", "WHO_KNOWS"),
        ):
            with self.subTest(error=error):
                self.service.faults = [lambda *args, error=error: answer(*args, error)]
                letter = self._queued()
                self._hand_over()
                self.assertRecordValues(letter, [{"state": "failed", "service_state": "refused"}])
                self.assertIn(words, letter.failure_reason)
                self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
                letter.action_cancel()
        self.assertFalse(self.service.taken)

    def test_cut_off_answers(self):
        self.service.faults = ["hang_up"]
        letter = self._queued()
        self._hand_over()
        self._hand_over()
        self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
        self.assertEqual(len(self.service.taken), 1)
        self.assertRecordValues(letter, [{"state": "failed", "service_state": "unknown"}])
        letter.action_confirm_sent()
        self.assertEqual(letter.state, "sent")

    def test_killed_in_between(self):
        channel = self.registry["collection.channel.snailmail"]
        real = channel._hand_over

        def dying(channel_model, letter):
            real(channel_model, letter)
            raise Killed

        letter = self._queued()
        with patch.object(channel, "_hand_over", dying):
            self._hand_over()
        self.env["snailmail.letter"]._snailmail_cron(autocommit=False)
        with freeze_time(f"{self.TODAY} 09:30:00"):
            self._hand_over()
        self.assertEqual(len(self.service.taken), 1)
        self.assertRecordValues(letter, [{"state": "failed", "service_state": "unknown"}])

    def test_no_connection_waits(self):
        self.service.stop()
        letter = self._queued()
        self._hand_over()
        self.assertRecordValues(letter, [{"state": "approved", "date_handed": False}])
        self.assertGreater(letter.date_send_from, letter.date_queued)
