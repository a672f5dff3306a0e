import re
from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL, mute_logger

from ...tools.erasure import ERASED, person_pattern
from ..base.common import CollectionCommon
from ..letter.letter_common import LetterCommon


@tagged("debt_collection")
class TestErasureRule(BaseCase):
    def test_pattern(self):
        for words, text, expected in [
            (["Ann"], "Ann pays, annual ANN.", f"{ERASED} pays, annual {ERASED}."),
            (["An", "Bob"], "An apple", "An apple"),
            (["张伟"], "致张伟先生", f"致{ERASED}先生"),
            (["Ann Lee"], "Ann  Lee\nand Ann", f"{ERASED}\nand Ann"),
            (["Ann", "ann@x.org"], "to ann@x.org", f"to {ERASED}"),
            (["O'Hara & Co"], "O&#x27;Hara &amp; Co", ERASED),
            (["+1 (555) 01"], "call +1 (555) 01!", f"call {ERASED}!"),
            (["a.c"], "abc a.c", f"abc {ERASED}"),
        ]:
            with self.subTest(words=words):
                self.assertEqual(
                    re.sub(person_pattern(words), ERASED, text, flags=re.IGNORECASE), expected
                )
        self.assertEqual(person_pattern([None, "", " ", "x"]), "")


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionErasure(CollectionCommon):
    """A person is forgotten; figures and chain stay (GDPR 17, PIPL 47)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("erase_collector", "collector")
        cls.manager = cls._role_user("erase_manager", "manager")
        cls.other_manager = cls._role_user("erase_manager2", "manager")
        cls.finance = cls._role_user("erase_finance", "finance")
        cls.firm = cls.env["res.partner"].create({"name": "Firm", "is_company": True})
        cls.person = cls.env["res.partner"].create({
            "name": "Ann Person", "parent_id": cls.firm.id, "email": "ann@example.com",
            "phone": "+1 555", "function": "Bookkeeper",
        })
        cls.other = cls.env["res.partner"].create({"name": "Bo", "parent_id": cls.firm.id})
        cls.invoice = cls._overdue_invoice(10, 500.0, partner=cls.firm)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.user_id = cls.collector
        paper = cls.env["ir.attachment"].create({"name": "Note", "raw": b"Ann is ill"})
        contacts = cls.env["collection.activity"]
        cls.with_ann = contacts.create({
            "case_id": cls.case.id, "outcome": "promised", "feedback": "Ann pays on Friday",
            "contact_id": cls.person.id, "amount_promised": 500.0,
            "date_promised": cls.company._get_collection_today() + timedelta(days=3),
            "attachment_ids": [Command.link(paper.id)], "place": "Her house",
            "state": "confirmed",
        })
        cls.paper = paper
        cls.with_bo = contacts.create({
            "case_id": cls.case.id, "outcome": "reached", "feedback": "Bo knows nothing",
            "contact_id": cls.other.id, "state": "confirmed",
        })
        cls.seals = cls.env["collection.seal"]

    def _request(self, user=None, **vals):
        request = self.env["collection.erasure"].with_user(user or self.collector).create({
            "partner_id": self.person.id, "reason": "Asked by letter of 1 September", **vals,
        })
        request.action_request()
        return request

    def test_two_people_and_what_stays(self):
        request = self._request()
        for user, error in [(self.collector, AccessError), (self.finance, AccessError)]:
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                request.with_user(user).action_approve()
        request.with_user(self.manager).action_approve()
        self.assertRecordValues(request, [{
            "state": "approved", "contact_count": 1, "item_count": 0,
            "is_partner_cleared": True,
        }])
        self.assertRecordValues(self.with_ann, [{
            "feedback": False, "place": False, "outcome": "promised", "amount_promised": 500.0,
            "contact_id": self.person.id,
        }])
        self.assertFalse(self.with_ann.attachment_ids)
        self.assertFalse(self.paper.exists())
        self.assertEqual(self.with_bo.feedback, "Bo knows nothing")
        self.assertRecordValues(self.person, [{
            "name": f"Erased person {self.person.id}", "email": False, "phone": False,
            "function": False,
        }])
        self.assertNotIn("Ann", " ".join(self.seals.sudo().search([]).mapped("personal")))
        self.assertEqual(self.seals._verify(self.company)["problem"], "")
        # What was erased cannot be filled in again.
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                "UPDATE collection_activity SET feedback = 'She swore' WHERE id = %s",
                [self.with_ann.id],
            )

    def test_own_request_is_approved_by_another(self):
        request = self._request(self.manager)
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            request.action_approve()
        request.with_user(self.other_manager).action_approve()
        self.assertEqual(request.state, "approved")

    def test_reasons_against(self):
        debtor = self.env["res.partner"].create({
            "name": "Carl Debtor", "email": "carl@debtor.example", "phone": "0123",
            "street": "1 Road",
            "child_ids": [Command.create({
                "type": "other", "name": "Carl's Barn", "street": "2 Road",
                "email": "barn@debtor.example",
            })],
        })
        invoice = self._overdue_invoice(5, partner=debtor)
        self._classify()
        for name, partner, words in [
            ("company", self.firm, "is a company"),
            ("open case", debtor, "is open"),
            ("user", self.collector.partner_id, "has a user"),
        ]:
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(UserError, words),
                self.cr.savepoint(),
            ):
                self._request(partner_id=partner.id)
        request = self._request()
        self.case.write({"legal_hold": True, "legal_hold_reason": "Suit filed"})
        with self.assertRaisesRegex(UserError, "legal hold.*Suit filed"), self.cr.savepoint():
            request.with_user(self.manager).action_approve()
        self.assertEqual(self.with_ann.feedback, "Ann pays on Friday")
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.seals.with_user(self.collector)._anonymise_person(self.person)
        # A debtor who paid: the record goes, what law asks for of entries stays, part by part.
        self._pay(invoice)
        barn = debtor.child_ids
        done = self.seals._anonymise_person(debtor)
        self.assertFalse(done["partner"])
        self.assertRecordValues(debtor | barn, [
            {"name": "Carl Debtor", "street": "1 Road", "email": False, "phone": False},
            {"name": f"Erased person {barn.id}", "street": False, "email": False,
             "phone": False},
        ])
        self.assertIn("accounting law", done["kept"])

    def test_name_on_signed_lists(self):
        debtor = self.env["res.partner"].create({"name": "Dora Debtor"})
        invoice = self._overdue_invoice(5, partner=debtor)
        self._classify()
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY, self.company)
        overdue_list.with_user(self.finance).action_sign()
        line = overdue_list.line_ids.filtered(lambda line: line.partner_id == debtor)
        self._pay(invoice)
        self.assertEqual(self.seals._anonymise_person(debtor)["items"], 1)
        self.assertFalse(line.partner_name)
        self.assertEqual(line.amount_open, 100.0)
        self.assertTrue(all((overdue_list.line_ids - line).mapped("partner_name")))
        self.assertEqual(self.seals._verify(self.company)["problem"], "")


@tagged("post_install", "-at_install", "debt_collection")
class TestNothingIsLeft(LetterCommon):
    """After an erasure nothing in our records names the person, wherever it was written."""

    WORDS = ("Xiomara Quigley", "xiomara@quigley.example", "+44 7700 900123", "7 Zephyr Mews")

    def setUp(self):
        super().setUp()
        name, email, phone, street = self.WORDS
        self.person = self.env["res.partner"].create({
            "name": name, "email": email, "phone": phone, "street": street, "city": "Bath",
        })
        self.invoice = self._overdue_invoice(40, 300.0, partner=self.person)
        self.case = self._case(self.person)
        self.case.user_id = self.collector
        self._write_of_the_person()
        self._pay(self.invoice)

    def _write_of_the_person(self):
        name, email, phone, street = self.WORDS
        case = self.case
        letter = self._approved(case=case, channel="email")
        letter.action_send()
        self.letter = letter
        self.contact = self.env["collection.activity"].with_user(self.collector).create({
            "case_id": case.id, "outcome": "reached", "feedback": f"{name} is ill",
            "state": "confirmed",
        })
        case.write({"business_note": f"{name} has a shop at {street}"})
        case.message_post(body=f"{name} called from {phone}", subject=f"About {name}")
        case.message_post(body="See the file", attachments=[("a.txt", f"Dear {name}".encode())])
        case.activity_schedule("mail.mail_activity_data_todo", summary=f"Call {name}",
                               user_id=self.collector.id)
        case._waive_preparation(f"{name} moves house")
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY, self.company)
        overdue_list.with_user(self.finance).action_sign()
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": case.id, "count": 1, "note": f"Agreed with {name}",
        })
        plan.action_generate()
        plan.with_user(self.manager).action_approve()
        self.env["collection.portal.request"]._enter(
            case, self.person, "message", text=f"I am {name}, write to {email}"
        )
        # What others have to do with, and only mention the person.
        self._overdue_invoice(40, 500.0, partner=self.partner_b)
        self.other = self._case(self.partner_b)
        self.other.user_id = self.collector
        self.other.message_post(body=f"{name} knows the owner, ask {email}")
        self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.other.id, "outcome": "reached", "feedback": f"Friend of {name}",
            "state": "confirmed",
        })
        self.other.write({"credit_note": f"Guaranteed by {name.upper()}"})
        paper = self.env["ir.attachment"].create({
            "name": f"{name}.txt", "raw": f"Guarantee of {name}".encode(),
            "res_model": "collection.case", "res_id": self.other.id, "mimetype": "text/plain",
        })
        self.assertTrue(paper)

    def _find(self):
        """Tables and columns in which the person is still named."""
        self.env.flush_all()
        self.cr.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('character varying', 'text', 'jsonb') AND (table_name LIKE 'collection\\_%%'"
            " OR table_name IN ('mail_message', 'mail_tracking_value', 'mail_mail',"
            " 'mail_activity', 'ir_attachment', 'rating_rating', 'calendar_event',"
            " 'mail_notification'))"
        )
        found = set()
        ours = {
            "mail_message": SQL("t.model LIKE 'collection.%%'"),
            "ir_attachment": SQL("t.res_model LIKE 'collection.%%'"),
        }
        for table, column in self.cr.fetchall():
            for word in self.WORDS:
                self.cr.execute(SQL(
                    "SELECT 1 FROM %s t WHERE %s::text ILIKE %s AND %s LIMIT 1",
                    SQL.identifier(table), SQL.identifier("t", column), f"%{word}%",
                    ours.get(table, SQL("TRUE")),
                ))
                if self.cr.fetchone():
                    found.add(f"{table}.{column}")
        papers = self.env["ir.attachment"].sudo().search([("res_model", "=like", "collection.%")])
        for paper in papers:
            raw = paper.with_context(bin_size=False).raw or b""
            text = self._pdf_text(raw) if raw.startswith(b"%PDF") else raw.decode(errors="ignore")
            found |= {paper.name for word in self.WORDS if word.lower() in text.lower()}
        return found

    def test_nothing_is_left(self):
        before = self._find()
        for place in ("collection_letter.partner_name", "mail_message.body",
                      "collection_seal.personal", "collection_decision.reason",
                      "collection_overdue_list_line.partner_name"):
            self.assertIn(place, before)
        figures = self.contact.read(["outcome", "date", "method"])
        total = self.letter.amount_total
        request = self.env["collection.erasure"].with_user(self.collector).create({
            "partner_id": self.person.id, "reason": "Asked by letter of 1 September",
        })
        request.action_request()
        request.with_user(self.manager).action_approve()
        self.assertEqual(self._find(), set())
        self.assertEqual(self.contact.read(["outcome", "date", "method"]), figures)
        self.assertEqual(self.letter.amount_total, total)
        self.assertFalse(self.letter.body or self.letter.pdf_attachment_id)
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")

    def test_legal_hold_blocks(self):
        self.case.write({"legal_hold": True, "legal_hold_reason": "Suit filed"})
        before = self._find()
        with self.assertRaisesRegex(UserError, "legal hold"), self.cr.savepoint():
            self.env["collection.seal"]._anonymise_person(self.person)
        self.assertEqual(self._find(), before)
