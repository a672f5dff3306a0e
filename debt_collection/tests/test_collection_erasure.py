from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CollectionCommon


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
        debtor = self.env["res.partner"].create({"name": "Carl Debtor"})
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
        # A debtor who paid: the record goes, the name on the entries stays as law asks for.
        self._pay(invoice)
        done = self.seals._anonymise_person(debtor)
        self.assertFalse(done["partner"])
        self.assertEqual(debtor.name, "Carl Debtor")

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
