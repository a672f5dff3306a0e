from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.letter import collection_letter_release
from ..base.large import has_large_form, size
from .letter_common import LetterCommon
from .smtp_common import MailServerMixin, pdf_text

# In its large form as many as one run of a large company has.
MANY = size(30, 500)
SENDING = ("odoo.addons.mail.models.mail_mail", "odoo.addons.base.models.ir_mail_server")


class Killed(BaseException):
    """The process dies here."""


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterSend(MailServerMixin, LetterCommon):
    """Letters over a real mail server: each customer gets exactly one, and the right one."""

    def setUp(self):
        super().setUp()
        self.box, self.controller = self._start_mail_server()

    def _customers(self, count):
        """So many customers with one overdue invoice each, and their drafts."""
        partners = self.env["res.partner"].create([
            {"name": f"Customer {number:03}", "email": f"c{number:03}@customer.example",
             "street": "1 Road", "is_company": True}
            for number in range(count)
        ])
        moves = self.env["account.move"].create([
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": date(2025, 8, 1),
                "invoice_date_due": date(2025, 9, 15),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(
                    {"name": "Goods", "price_unit": 100 + number, "tax_ids": []}
                )],
            }
            for number, partner in enumerate(partners)
        ])
        moves.action_post()
        self._classify()
        cases = self.env["collection.case"].search([("partner_id", "in", partners.ids)])
        return self.env["collection.letter"].with_user(self.manager)._draft_letters(
            self.company,
            [{"partner": case.partner_id, "kind": "dunning", "case": case} for case in cases],
            self.TODAY,
        )

    # needs: CJK font
    def test_right_person_language_and_amount(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("debt_collection.letter_template_dunning").with_context(lang="fr_FR").write({
            "subject": "Mise en demeure", "mail_subject": "{company} : {amount}",
            "body": "Veuillez payer {amount} avant le {deadline}.",
        })
        person = self.env["res.partner"].create({
            "name": "Hélène", "parent_id": self.partner_a.id, "type": "collection",
            "email": "helene@customer.example", "lang": "fr_FR",
        })
        invoice = self._overdue_invoice(10, 1234.5)
        letter = self._letter().with_context(force_report_rendering=True)
        letter.action_approve()
        letter.action_send()
        self.assertRecordValues(letter, [{"state": "approved", "contact_id": person.id}])
        self.assertTrue(letter.date_queued)
        self.assertFalse(self.box.messages)
        self._send_queue()
        self.assertRecordValues(letter, [{
            "state": "sent", "email_to": "helene@customer.example",
        }])
        ((addresses, message),) = self.box.messages
        self.assertEqual(addresses, ("helene@customer.example",))
        self.assertIn("1 234,50", message["Subject"].replace("\u202f", " ").replace("\xa0", " "))
        self.assertIn("letter_collector", message["From"])
        text, pages = pdf_text(message)
        text = " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())
        self.assertEqual(pages, 1)
        for expected in ("Mise en demeure", invoice.name, "1 234,50", letter.name, "10/10/2025",
                         "mille deux cent trente-quatre et 50/100"):
            self.assertIn(expected, text)
        (contact,) = letter.contact_ids
        self.assertRecordValues(contact, [{
            "method": "letter", "state": "confirmed", "contact_id": person.id,
            "user_id": self.collector.id, "limitation_event": False,
        }])
        self._send_queue()
        self.assertEqual(len(self.box.messages), 1)

    def test_paid_in_between_is_not_sent(self):
        invoice = self._overdue_invoice(10, 100.0)
        other = self._overdue_invoice(8, 50.0)
        letter = self._approved()
        self._pay(invoice)
        result = letter.action_send()
        self.assertEqual(letter.state, "cancelled")
        self.assertIn(invoice.name, letter.cancel_reason)
        self.assertIn(invoice.name, result["params"]["message"])
        letter = self._approved()
        self.assertEqual(letter.line_ids.mapped("number"), [other.name])
        self.env["collection.dispute"].create({
            "case_id": letter.case_id.id, "line_ids": self._receivable(other).ids,
            "amount": 50.0, "reason": "Damaged",
        })
        letter.action_send()
        self.assertEqual(letter.state, "cancelled")
        self.assertIn("contested", letter.cancel_reason)
        self._send_queue()
        self.assertFalse(self.box.messages)

    def test_part_payment_in_between(self):
        invoice = self._overdue_invoice(10, 100.0)
        letter = self._approved()
        self._pay(invoice, amount=0.01)
        letter.action_send()
        self.assertEqual(letter.state, "cancelled")
        self.assertIn("99.99", letter.cancel_reason)

    def test_case_closes_before_sending(self):
        invoice = self._overdue_invoice(10, 100.0)
        letter, draft = self._approved(), self._letter("statement")
        self._pay(invoice)
        self._classify()
        self.assertEqual((letter + draft).mapped("state"), ["cancelled"] * 2)

    def test_bank_line_arrives_before_sending(self):
        self._overdue_invoice(10, 100.0)
        letter = self._approved()
        self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id,
            "partner_id": self.partner_a.id, "amount": 100.0, "date": self.TODAY,
            "payment_ref": "their payment",
        })
        letter.action_send()
        self.assertEqual(letter.state, "approved")
        self.assertFalse(letter.date_queued)
        self.assertIn("Unreconciled receipts", letter.hold_reason)

    def test_wishes_of_the_customer(self):
        self.company.collection_policy_id.letter_gap_days = 0  # wishes alone decide here
        self._overdue_invoice(10)
        for vals, channel, kind, is_sent in [
            ({"collection_no_email": True}, "email", "dunning", False),
            ({"collection_no_email": True}, "post", "dunning", True),
            ({"collection_no_letter": True}, "post", "dunning", False),
            ({"collection_no_letter": True}, "post", "final", True),
            ({"collection_cease_date": self.TODAY}, "post", "reminder", False),
            ({"collection_cease_date": "2025-10-01"}, "post", "reminder", True),
        ]:
            with self.subTest(vals=vals, channel=channel, kind=kind):
                letter = self._approved(kind, channel=channel)
                # The letters before do not count: another day.
                letter.sudo().case_id.date_letter_gone = False
                self.partner_a.write(vals)
                letter.action_send()
                self.assertEqual(letter.state == "sent", is_sent)
                self.partner_a.write({
                    "collection_no_email": False, "collection_no_letter": False,
                    "collection_cease_date": False,
                })

    def test_sent_once(self):
        self._overdue_invoice(10)
        letter = self._approved()
        letter.action_send()
        with self.assertRaisesRegex(UserError, "mail server"), self.cr.savepoint():
            letter.action_send()
        self._send_queue()
        with self.assertRaises(UserError), self.cr.savepoint():
            letter.action_send()
        with self.assertRaises(UserError), self.cr.savepoint():
            letter.action_retry()
        with self.assertRaises(UserError), self.cr.savepoint():
            letter.action_cancel()
        self.assertEqual(len(self.box.messages), 1)

    def test_who_sends(self):
        self._overdue_invoice(10)
        letter = self._approved()
        for user in (self.finance, self.sales):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                letter.with_user(user).action_send()
        with self.assertRaisesRegex(UserError, "Draft"), self.cr.savepoint():
            self._letter().action_send()

    def test_queued_letter_can_be_taken_back(self):
        self._overdue_invoice(10)
        letter = self._approved()
        letter.action_send()
        letter.action_cancel()
        self._send_queue()
        self.assertEqual(letter.state, "cancelled")
        self.assertFalse(self.box.messages)

    @mute_logger(*SENDING)
    def test_server_down_for_an_hour(self):
        self._overdue_invoice(10)
        letter = self._approved()
        letter.action_send()
        self.controller.stop()
        self._send_queue()
        self.assertRecordValues(letter, [{"state": "approved", "date_sent": False}])
        self.assertFalse(letter.activity_ids)
        self.assertIn("refused", letter.sudo().mail_mail_id.failure_reason)
        box, _controller = self._start_mail_server()
        self._send_queue()
        self.assertRecordValues(letter, [{"state": "sent", "failure_reason": False}])
        self.assertEqual(box.recipients(), ["payables@customer.example"])
        self.assertFalse(letter.sudo().mail_mail_id.failure_reason)

    @mute_logger(*SENDING)
    def test_server_down_for_more_than_a_day(self):
        self._overdue_invoice(10)
        letter = self._approved()
        letter.action_send()
        letter.sudo().date_queued -= timedelta(days=1, minutes=1)
        self.controller.stop()
        self._send_queue()
        self.assertRecordValues(letter, [{"state": "failed", "date_sent": False}])
        self.assertTrue(letter.failure_reason)
        self.assertEqual(letter.activity_ids.user_id, self.collector)
        self.assertFalse(letter.contact_ids)
        box, _controller = self._start_mail_server()
        letter.action_retry()
        self._send_queue()
        self.assertRecordValues(letter, [{"state": "sent", "failure_reason": False}])
        self.assertEqual(box.recipients(), ["payables@customer.example"])
        self.assertFalse(letter.activity_ids)

    @mute_logger("odoo.addons.debt_collection.models.base.ir_cron")
    def test_full_disk_leaves_letters_released(self):
        letters = self._customers(3)
        letters.action_release()
        write = patch.object(
            self.registry["ir.attachment"], "_file_write", side_effect=OSError(28, "No space left")
        )
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "file")
        with self._commits_as_savepoints(), write:
            self.env["collection.letter"]._send_released_and_commit()
        self.assertEqual(set(letters.mapped("state")), {"draft"})
        self.assertTrue(all(letters.mapped("date_released")))
        self.assertFalse(letters.activity_ids)
        with self._commits_as_savepoints():
            self.env["collection.letter"]._send_released_and_commit()
        self._send_queue()
        self.assertEqual(set(letters.mapped("state")), {"sent"})

    @mute_logger(*SENDING)
    def test_one_recipient_is_refused(self):
        letters = self._customers(3)
        self.box.refused.add("c001@customer.example")
        letters.action_approve()
        letters.action_send()
        self._send_queue()
        by_name = {letter.partner_name: letter for letter in letters}
        self.assertEqual(
            {name: letter.state for name, letter in by_name.items()},
            {"Customer 000": "sent", "Customer 001": "failed", "Customer 002": "sent"},
        )
        self.assertEqual(
            self.box.recipients(), ["c000@customer.example", "c002@customer.example"]
        )
        failed = by_name["Customer 001"]
        failed.sudo().partner_id.email = "right@customer.example"
        failed.action_retry()
        self._send_queue()
        self.assertEqual(failed.state, "sent")
        self.assertIn("right@customer.example", self.box.recipients())

    def test_bounce(self):
        self._overdue_invoice(5)
        self._night()
        step = self._case().case_step_ids.filtered(lambda s: s.step_id.letter_kind == "dunning")
        letter = step.letter_ids.with_user(self.collector)
        letter.action_approve()
        letter.action_send()
        self._send_queue()
        self.assertEqual((letter.state, step.state), ("sent", "done"))
        letter._message_receive_bounce("someone@else.example", self.env["res.partner"])
        self.assertEqual(letter.state, "sent")
        letter._message_receive_bounce("payables@customer.example", self.partner_a)
        self.assertRecordValues(letter, [{"state": "failed"}])
        self.assertIn("came back", letter.failure_reason)
        # A letter that did not arrive is no step done.
        self.assertRecordValues(step, [{"state": "planned", "date_done": False}])
        self.assertTrue(letter.activity_ids)

    @mute_logger(*SENDING)
    @has_large_form
    def test_many_customers_and_a_death_in_the_middle(self):
        """Cut off between slices: what was committed is not done again, the rest is."""
        letters = self._customers(MANY)
        letters.action_release()
        calls = []

        def progress(cron, done=0, remaining=None, **kwargs):
            calls.append(done)
            if len(calls) == 4:
                raise Killed
            self.env.cr.commit()  # pylint: disable=invalid-commit
            return 1

        with (
            self._commits_as_savepoints() as die,
            patch.object(collection_letter_release, "SLICE", 7),
            patch.object(self.registry["ir.cron"], "_commit_progress", progress),
        ):
            with suppress(Killed):
                self.env["collection.letter"]._send_released_and_commit()
                self.fail("The job should have died")
            die()
            queued = letters.filtered("date_queued")
            self.assertEqual(len(queued), min(14, MANY))
            self.assertEqual(set(queued.mapped("state")), {"approved"})
            self.assertEqual(set((letters - queued).mapped("state")), {"draft"})
            self.assertEqual(len(queued.sudo().mail_mail_id), len(queued))
            self.env["collection.letter"]._send_released_and_commit()
        self._send_queue()
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(
            self.box.recipients(), [f"c{number:03}@customer.example" for number in range(MANY)]
        )
        self.assertEqual(len(set(letters.mapped("name"))), MANY)
        self.assertEqual(set(letters.approved_by_id), {self.manager})

    @mute_logger(*SENDING)
    def test_death_while_the_server_takes_a_letter(self):
        """Between the server's yes and the commit nobody knows: a person decides."""
        letters = self._customers(6)
        letters.action_approve()
        letters.action_send()
        server_model = self.registry["ir.mail_server"]
        send_email = server_model.send_email

        def send_and_die(server, message, *args, **kwargs):
            result = send_email(server, message, *args, **kwargs)
            if len(self.box.messages) == 3:
                raise Killed
            return result

        mails = letters.sudo().mail_mail_id
        with self._commits_as_savepoints() as die:
            with patch.object(server_model, "send_email", send_and_die), suppress(Killed):
                mails.send(auto_commit=True)
                self.fail("The queue should have died")
            die()
            self.assertEqual(sorted(letters.mapped("state")),
                             ["approved"] * 4 + ["sent"] * 2)
            mails.filtered(lambda mail: mail.state == "outgoing").send(auto_commit=True)
        self.assertEqual(
            self.box.recipients(), [f"c{number:03}@customer.example" for number in range(6)]
        )
        self.assertEqual(sorted(letters.mapped("state")), ["failed"] + ["sent"] * 5)
        doubtful = letters.filtered(lambda letter: letter.state == "failed")
        self.assertIn("not known", doubtful.failure_reason)
        self.assertTrue(doubtful.activity_ids)
        self.assertEqual(letters.filtered("is_sending_unknown"), doubtful)
        tried = doubtful.sudo().mail_mail_id.date_collection_try
        with self.assertRaisesRegex(UserError, "is known"):
            (letters - doubtful)[0].action_confirm_sent()
        for user in (self.finance, self.sales):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                doubtful.with_user(user).action_confirm_sent()
        # The server's log says that it took it.
        doubtful.action_confirm_sent()
        self.assertRecordValues(doubtful, [
            {"state": "sent", "date_sent": tried, "failure_reason": False,
             "is_sending_unknown": False}
        ])
        self.assertEqual(doubtful.contact_ids.date, tried)
        self.assertFalse(doubtful.activity_ids)
        self._send_queue()
        self.assertEqual(len(self.box.messages), 6)

    @mute_logger(*SENDING, "odoo.addons.debt_collection.models.letter.mail_mail")
    def test_death_before_the_result_is_noted(self):
        """The mail server's yes was committed, the letter's state was not: a later run does it."""
        letters = self._customers(2)
        letters.action_approve()
        letters.action_send()
        mail_model = self.registry["mail.mail"]
        with (
            self._commits_as_savepoints() as die,
            patch.object(mail_model, "_tell_letters", side_effect=Killed),
            suppress(Killed),
        ):
            letters.sudo().mail_mail_id.send(auto_commit=True)
            self.fail("The queue should have died")
        die()
        self.assertEqual(set(letters.mapped("state")), {"approved"})
        letter_model, note = self.registry["collection.letter"], "_note_mail_result"
        notes = getattr(letter_model, note)

        def fail_for_one(letter, mail):
            if letter == letters[0]:
                raise ValueError("Something is wrong with this one.")
            return notes(letter, mail)

        with self._commits_as_savepoints(), patch.object(letter_model, note, fail_for_one):
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(letters.mapped("state"), ["approved", "sent"])
        with self._commits_as_savepoints():
            self.env["mail.mail"].process_email_queue()
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(len(self.box.messages), 2)

    @mute_logger(*SENDING)
    def test_server_hangs_up(self):
        letters = self._customers(5)
        letters.action_approve()
        letters.action_send()
        self.box.hang_up_after = 2
        mails = letters.sudo().mail_mail_id
        with self._commits_as_savepoints():
            for _run in range(4):
                self.env["mail.mail"].process_email_queue(mails.ids)
                self.box.hang_up_after = None
        states = sorted(letters.mapped("state"))
        self.assertEqual(states, ["failed"] + ["sent"] * 4)
        self.assertEqual(
            self.box.recipients(), [f"c{number:03}@customer.example" for number in range(5)]
        )

    def test_one_bad_letter_does_not_stop_the_others(self):
        letters = self._customers(5)
        letters.action_release()
        letters[2].sudo().partner_id.email = False
        with mute_logger("odoo.addons.debt_collection.models.letter.collection_letter_release"), \
                patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1):
            self.env["collection.letter"]._send_released_and_commit()
        self._send_queue()
        self.assertEqual(len(self.box.messages), 4)
        bad = letters[2]
        self.assertEqual(bad.state, "draft")
        self.assertIn("e-mail address", bad.hold_reason)
        self.assertTrue(bad.activity_ids)
        self.assertFalse(bad.date_released)

    def test_reminder_before_the_due_date_goes_out_by_the_job(self):
        invoice = self._overdue_invoice(-3, 80.0)
        late = self._overdue_invoice(-3, 70.0, partner=self.partner_b)
        self.partner_b.email = "b@customer.example"
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1):
            self.env["collection.letter"]._remind(self.TODAY, self.company)
            letters = self.env["collection.letter"].search([("is_ahead", "=", True)])
            self.assertEqual(len(letters), 2)
            self._pay(late)
            self.env["collection.letter"]._send_released_and_commit()
        self._send_queue()
        letter = letters.filtered(lambda letter: letter.partner_id == self.partner_a)
        self.assertRecordValues(letter, [{"state": "sent", "released_by_id": SUPERUSER_ID}])
        self.assertEqual((letters - letter).state, "cancelled")
        self.assertEqual(self.box.recipients(), ["payables@customer.example"])
        self.assertIn("80.00", self.box.messages[0][1]["Subject"])
        self.assertFalse(letter.contact_ids)
        self.assertEqual(letter.line_ids.number, invoice.name)

    def test_post(self):
        self._overdue_invoice(10)
        letter = self._approved("final")
        self.assertEqual(letter.channel, "post")
        letter.action_send()
        self.assertRecordValues(letter, [{"state": "sent", "mail_mail_id": False}])
        self.assertEqual(letter.contact_ids.method, "letter")

    def test_proof_of_delivery_restarts_limitation(self):
        self._overdue_invoice(10)
        for kind, event in [("final", "demand"), ("statement", False)]:
            with self.subTest(kind=kind):
                letter = self._approved(kind, channel="post")
                letter.action_send()
                with self.assertRaisesRegex(UserError, "which day"), self.cr.savepoint():
                    letter.action_deliver()
                letter.write({"date_delivered": date(2025, 9, 29), "delivery_proof": "courier"})
                with self.assertRaisesRegex(UserError, "between"), self.cr.savepoint():
                    letter.action_deliver()
                letter.write({
                    "date_delivered": self.TODAY, "tracking_number": "SF123",
                    "delivery_signed_by": "Mr Guo",
                })
                letter.action_deliver()
                self.assertEqual(letter.state, "delivered")
                contact = letter.contact_ids.filtered("corrects_id")
                self.assertRecordValues(contact, [{
                    "limitation_event": event, "outcome": "reached", "state": "confirmed",
                }])
                for text in ("SF123", "Mr Guo", letter.name):
                    self.assertIn(text, contact.feedback)
                self.assertEqual(self.company._get_collection_date(contact.date), self.TODAY)
                with self.assertRaises(UserError):
                    letter.tracking_number = "other"

    def test_tampered_pdf_is_not_sent(self):
        self._overdue_invoice(10)
        letter = self._approved()
        self.env.flush_all()
        # PostgreSQL itself refuses this: only the database's owner could do it.
        self.env.cr.execute("ALTER TABLE collection_letter DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE collection_letter SET pdf_checksum = 'x' WHERE id = %s", [letter.id]
        )
        self.env.cr.execute("ALTER TABLE collection_letter ENABLE TRIGGER USER")
        letter.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "not the one"), self.cr.savepoint():
            letter.action_send()

    def test_answer_to_a_letter_pauses_the_chase(self):
        self._overdue_invoice(10)
        letter = self._approved()
        letter.action_send()
        self._send_queue()
        letter.message_post(
            body="We pay on Friday.", author_id=self.partner_a.id, message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        case = letter.case_id
        inbound = case.collection_activity_ids.filtered(lambda c: c.direction == "inbound")
        self.assertIn("Friday", inbound.feedback)
        self.assertTrue(case.wait_until)
