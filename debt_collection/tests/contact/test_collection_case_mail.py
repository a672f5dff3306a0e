from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from ..base.common import CollectionCommon

REPLY = """Return-Path: {return_path}
To: {to}
cc: {cc}
From: {email_from}
Subject: {subject}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Date: Fri, 10 Oct 2025 10:00:00 +0000
Message-ID: {msg_id}
{extra}

We pay next Friday.
"""


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseMail(CollectionCommon, MailCommon):
    """E-mails of the case's log are contacts, answers pause the chase (P3.7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("mail_collector", "collector")
        cls.manager = cls._role_user("mail_manager", "manager")
        cls.collector.email = "collector@company.example"
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({
            "user_id": cls.collector.id, "manager_id": cls.manager.id, "reply_pause_days": 4,
        })
        cls.partner_a.email = "payables@customer.example"
        cls.person = cls.env["res.partner"].create({
            "name": "Li Wei", "parent_id": cls.partner_a.id, "email": "li@customer.example",
        })
        cls._overdue_invoice(1)
        cls._classify()
        cls.case = cls.env["collection.case"].search([("partner_id", "=", cls.partner_a.id)])

    def _step_mail(self):
        """The message of the automatic reminder."""
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        return self.case.collection_activity_ids.message_id

    def _reply(self, message, email_from="li@customer.example", extra="", return_path=None):
        with self.mock_mail_gateway():
            self.format_and_process(
                REPLY,
                email_from,
                "catchall@somewhere.example",
                subject=f"Re: {message.subject} {email_from} {extra}",
                extra=f"In-Reply-To: {message.message_id}\n{extra}".strip(),
                return_path=return_path or email_from,
                target_model="mail.message",
                target_field="subject",
            )
        return self.case.collection_activity_ids.filtered(lambda c: c.direction == "inbound")

    def test_automatic_step_is_a_contact(self):
        message = self._step_mail()
        contact = self.case.collection_activity_ids
        self.assertRecordValues(contact, [{
            "method": "email", "direction": "outbound", "outcome": "other",
            "state": "confirmed", "user_id": self.collector.id,
            "contact_id": self.partner_a.id, "message_id": message.id,
        }])
        self.assertEqual(contact.case_step_id.state, "done")
        self.assertEqual(contact.case_step_id.date_done, self.TODAY)
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertEqual(self.case.collection_activity_ids, contact)

    def test_composer_is_a_contact_and_notes_are_not(self):
        case = self.case.with_user(self.collector)
        partners = (self.partner_a + self.person).ids
        for kind, subtype, recipients, counted in [
            ("comment", "mail.mt_comment", self.partner_a.ids, 1),
            ("comment", "mail.mt_comment", partners, 1),
            ("comment", "mail.mt_note", self.partner_a.ids, 0),
            ("comment", "mail.mt_comment", [], 0),
            ("comment", "mail.mt_comment", self.manager.partner_id.ids, 0),
            ("comment", "mail.mt_comment", self.partner_b.ids, 0),
            ("notification", "mail.mt_comment", self.partner_a.ids, 0),
        ]:
            with self.subTest(kind=kind, subtype=subtype, recipients=recipients):
                before = self.case.collection_activity_ids
                with self.mock_mail_gateway():
                    case.message_post(
                        body="Please pay.", subject="Reminder", message_type=kind,
                        subtype_xmlid=subtype, partner_ids=recipients,
                    )
                contact = self.case.collection_activity_ids - before
                self.assertEqual(len(contact), counted)
                if counted:
                    self.assertRecordValues(contact, [{
                        "method": "email", "direction": "outbound", "state": "confirmed",
                        "user_id": self.collector.id, "contact_id": self.partner_a.id,
                        "feedback": "Reminder",
                    }])

    def test_composer_window_is_a_contact(self):
        with self.mock_mail_gateway():
            composer = self.env["mail.compose.message"].with_user(self.collector).create({
                "model": "collection.case", "res_ids": str(self.case.ids),
                "body": "<p>Please pay</p>", "subject": "Account",
                "partner_ids": [Command.set(self.person.ids)], "composition_mode": "comment",
            })
            composer._action_send_mail()
        self.assertRecordValues(self.case.collection_activity_ids, [{
            "direction": "outbound", "contact_id": self.person.id,
        }])

    def test_reply_to_the_step_pauses(self):
        message = self._step_mail()
        contact = self._reply(message)
        self.assertRecordValues(contact, [{
            "method": "email", "direction": "inbound", "outcome": "reached",
            "state": "confirmed", "contact_id": self.person.id, "user_id": self.collector.id,
            "feedback": "We pay next Friday.",
        }])
        today = self.company._get_collection_today()
        self.assertEqual((self.case.wait_until - today).days, 4)
        to_do = self.case.activity_ids.filtered(lambda a: "answered" in (a.summary or ""))
        self.assertRecordValues(to_do, [{
            "user_id": self.collector.id, "date_deadline": today,
        }])
        self.assertIn("replied", self.case._get_pause(today, self.policy))
        self.assertFalse(self.case._get_pause(
            self.case.wait_until.replace(year=today.year + 1), self.policy
        ))

    def test_second_reply_is_no_second_to_do(self):
        message = self._step_mail()
        self._reply(message)
        self.assertEqual(len(self._reply(message, "payables@customer.example")), 2)
        to_dos = self.case.activity_ids.filtered(lambda a: "answered" in (a.summary or ""))
        self.assertEqual(len(to_dos), 1)

    def test_machines_and_strangers_do_not_pause(self):
        message = self._step_mail()
        for email_from, extra, return_path in [
            ("li@customer.example", "Auto-Submitted: auto-replied", None),
            ("li@customer.example", "Auto-Submitted: auto-generated; x=y", None),
            ("li@customer.example", "X-Autoreply: yes", None),
            ("li@customer.example", "Precedence: bulk", None),
            ("MAILER-DAEMON@customer.example", "", "<MAILER-DAEMON@customer.example>"),
            ("nobody@elsewhere.example", "", None),
        ]:
            with self.subTest(email_from=email_from, extra=extra):
                self.assertFalse(self._reply(message, email_from, extra, return_path))
                self.assertFalse(self.case.wait_until)
        self.assertTrue(self._reply(message, extra="Auto-Submitted: no"))

    def test_reply_on_a_closed_case_is_recorded_only(self):
        message = self._step_mail()
        self.case._do_close("paid")
        self.assertTrue(self._reply(message))
        self.assertFalse(self.case.wait_until)
        self.assertFalse(self.case.activity_ids)

    def test_no_pause_where_the_policy_has_none(self):
        self.policy.reply_pause_days = 0
        self.assertTrue(self._reply(self._step_mail()))
        self.assertFalse(self.case.wait_until)
