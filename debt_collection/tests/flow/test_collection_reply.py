from datetime import date
from email import message_from_string, policy

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from ..letter.letter_common import LetterCommon

MAIL = """Return-Path: {sender}
To: {to}
From: {sender}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Date: Fri, 10 Oct 2025 10:00:00 +0000
Message-ID: <{number}@customer.example>
{extra}

{body}
"""
NOTICE = """Return-Path: <>
To: bounce@test.mycompany.com
From: MAILER-DAEMON@customer.example
Subject: Delivery Status Notification
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"
Message-ID: <notice-{action}@customer.example>
In-Reply-To: {reference}
References: {reference}

--part
Content-Type: text/plain

Your message.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; payables@customer.example
Action: {action}
Status: {status}

--part--
"""


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionReply(LetterCommon, MailCommon):
    """Answers to letters are read; nothing is done before a person takes it up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_policy_id.reply_pause_days = 4
        cls.invoice = cls._overdue_invoice(45, 100.0, cls.partner_a)
        cls.case = cls._case()

    def _sent(self):
        letter = self._approved()
        letter.action_send()
        letter._mark_sent()
        return letter

    def _receive(self, body, sender="payables@customer.example", letter=None, subject="Re:",
                 extra="", number=1):
        message = letter and letter.sudo().mail_mail_id.mail_message_id
        if message:
            extra = f"In-Reply-To: {message.message_id}\n{extra}".strip()
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(None, MAIL.format(
                sender=sender, to="catchall@test.mycompany.com", subject=subject, body=body,
                extra=extra or "X-Test: 1", number=f"{number}-{self._testMethodName}",
            ))
        return self.case.reply_ids

    def test_promise_is_a_suggestion(self):
        letter = self._sent()
        reply = self._receive("Sorry! We will pay on 24 October.", letter=letter)
        self.assertRecordValues(reply, [{
            "kind": "promise", "sentence": "We will pay on 24 October.", "is_verified": True,
            "date_named": date(2025, 10, 24), "is_exact": True, "state": "open",
        }])
        self.assertFalse(self.case.promise_ids)
        action = reply.with_user(self.collector).action_take()
        self.assertEqual(action["context"]["default_outcome"], "promised")
        self.assertEqual(action["context"]["default_date_promised"], "2025-10-24")
        self.assertFalse(self.case.promise_ids)
        self.assertEqual((reply.state, reply.user_id), ("taken", self.collector))
        with self.assertRaises(UserError):
            reply.with_user(self.collector).action_dismiss()

    def test_dispute_opens_the_form(self):
        reply = self._receive("The goods were damaged.", letter=self._sent())
        self.assertEqual(reply.kind, "dispute")
        action = reply.with_user(self.collector).action_take()
        self.assertEqual(action["context"]["default_reason"], "The goods were damaged.")
        self.assertFalse(self.case.dispute_ids)

    def test_paid_tells_finance(self):
        reply = self._receive("We paid this last week, please check.", letter=self._sent())
        self.assertEqual(reply.kind, "paid")
        reply.with_user(self.collector).action_take()
        to_do = self.case.activity_ids.filtered(lambda one: "We paid this" in one.summary)
        self.assertTrue(to_do.user_id.has_group("debt_collection.group_finance"))

    def test_only_the_buttons_write(self):
        reply = self._receive("We will pay on 24 October.", letter=self._sent())
        with self.assertRaises(UserError):
            reply.with_user(self.manager).write({"state": "taken"})

    def test_unknown_sender_waits_for_a_person(self):
        letter = self._sent()
        before = self.case.collection_activity_ids
        replies = self._receive(
            "We will pay on 24 October.", "somebody@elsewhere.example", letter=letter
        )
        self.assertEqual(set(replies.mapped("kind")), {"unverified", "promise"})
        self.assertFalse(any(replies.mapped("is_verified")))
        self.assertEqual(self.case.collection_activity_ids, before)
        self.assertTrue(self.case.activity_ids.filtered(
            lambda one: "not verified" in one.summary and one.user_id == self.collector
        ))
        self.assertTrue(self.case._get_send_blocks("dunning", self.TODAY))
        replies.with_user(self.collector).action_dismiss()
        self.assertFalse(self.case.is_sender_unverified)
        self.assertFalse(self.case._get_send_blocks("dunning", self.TODAY))

    def test_quoted_number_finds_the_letter(self):
        letter = self._sent()
        replies = self._receive(
            f"Your letter {letter.name}: the goods were damaged.", "new@elsewhere.example",
        )
        self.assertEqual(set(replies.mapped("kind")), {"unverified", "dispute"})

    def test_quoted_invoice_finds_the_case(self):
        replies = self._receive(
            "see subject: we paid it", "new@elsewhere.example", subject=self.invoice.name
        )
        self.assertIn("unverified", replies.mapped("kind"))

    def test_machine_says_that_somebody_left(self):
        letter = self._sent()
        for number, extra in enumerate((
            "Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All",
            "Precedence: auto_reply",
        )):
            self._receive(
                "Mr Miller has left the company.", letter=letter, extra=extra, number=number
            )
        self.assertEqual(self.case.reply_ids.mapped("kind"), ["wrong_person"] * 3)
        self.assertTrue(all(self.case.reply_ids.mapped("is_machine")))
        self.assertFalse(self.case.wait_until)
        self.assertFalse(self.case.collection_activity_ids.filtered(
            lambda contact: contact.direction == "inbound"
        ))

    def test_quoted_letter_is_not_read(self):
        reply = self._receive(
            "I will look into it.\n\nOn Fri, 10 Oct 2025, Anna wrote:\n> We take legal action.",
            letter=self._sent(),
        )
        self.assertFalse(reply)

    def test_delay_fails_nothing(self):
        letter = self._sent()
        reference = letter.sudo().mail_mail_id.mail_message_id.message_id
        for action, status, state in (
            ("delayed", "4.4.1", "sent"), ("failed", "5.1.1", "failed"),
        ):
            with self.mock_mail_gateway():
                self.env["mail.thread"].message_process(None, NOTICE.format(
                    action=action, status=status, reference=reference,
                ))
            self.assertEqual(letter.state, state, action)

    def test_notices(self):
        for action, expected in (("delayed", True), ("failed", False), ("relayed", True)):
            message = message_from_string(
                NOTICE.format(action=action, status="", reference="x"), policy=policy.SMTP
            )
            self.assertIs(
                self.env["mail.thread"]._is_collection_delay(message), expected, action
            )
        for subject, expected in (
            ("Delivery Status Notification (Delay)", True),
            ("Warning: message delayed 4 hours", True),
            ("Delayed Mail (still being retried)", True),
            ("Verzögerte Zustellung", False), ("Zustellung verzögert", True),
            ("Delivery Status Notification (Failure)", False),
            ("Undeliverable: delayed too long, returned to sender", False), ("Invoice 7", False),
        ):
            message = message_from_string(f"Subject: {subject}\n\nText", policy=policy.SMTP)
            self.assertIs(
                self.env["mail.thread"]._is_collection_delay(message), expected, subject
            )

    def test_roles(self):
        reply = self._receive("We will pay on 24 October.", letter=self._sent())
        other = self._role_user("reply_other", "collector")
        model = self.env["collection.reply"]
        self.assertTrue(model.with_user(self.collector).search([("id", "=", reply.id)]))
        self.assertTrue(model.with_user(self.manager).search([("id", "=", reply.id)]))
        self.assertFalse(model.with_user(other).search([("id", "=", reply.id)]))
        self.assertFalse(model.with_user(self.sales).has_access("read"))
