from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_collection_provision import ProvisionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionProvisionSpecific(ProvisionCommon):
    """Single cases judged by people instead of by the matrix."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rates(current=1, mild=2, severe=25)
        cls.overdue = cls._overdue_invoice(cls.SEVERE, 800.0)
        cls._overdue_invoice(cls.MILD, 200.0)
        cls._overdue_invoice(cls.CURRENT, 1_000.0)
        cls._overdue_invoice(cls.SEVERE, 400.0, partner=cls.partner_b)
        cls._classify()
        cls.case = cls.overdue.collection_case_id
        cls.specifics = cls.env["collection.provision.specific"]

    def _specific(self, approve=True, **vals):
        specific = self.specifics.with_user(self.finance).create({
            "case_id": self.case.id, "date_start": date(2025, 1, 1), "percent": 50,
            "evidence": "Court file 12/2025", **vals,
        })
        if approve:
            specific.action_request()
            specific.with_user(self.manager).action_approve()
        return specific

    def _amounts(self):
        provision = self._provision()
        amounts = {line.name: (line.exposure, line.amount) for line in provision.line_ids}
        provision.action_cancel()
        return amounts

    def test_overrides_the_matrix(self):
        name = self.partner_a.name
        matrix = {"Not Overdue": (1000.0, 10.0), "Mild": (200.0, 4.0), "Escalated": (1200.0, 300.0)}
        self.assertEqual(self._amounts(), matrix)
        for vals, expected in [
            ({"percent": 50}, {f"{name}: 50%": (1000.0, 500.0), "Not Overdue": (1000.0, 10.0)}),
            ({"percent": 0}, {f"{name}: 0%": (1000.0, 0.0), "Not Overdue": (1000.0, 10.0)}),
            ({"percent": 50, "scope": "all"}, {f"{name}: 50%": (2000.0, 1000.0)}),
            ({"kind": "amount", "amount": 333.33},
             {f"{name}: $ 333.33": (1000.0, 333.33), "Not Overdue": (1000.0, 10.0)}),
            ({"kind": "amount", "amount": 5_000.0},
             {f"{name}: $ 5,000.00": (1000.0, 1000.0), "Not Overdue": (1000.0, 10.0)}),
        ]:
            with self.subTest(vals=vals):
                specific = self._specific(**vals)
                amounts = {key.replace("\xa0", " "): value
                           for key, value in self._amounts().items()}
                self.assertEqual(amounts, {"Escalated": (400.0, 100.0), **expected})
                specific.sudo().write({"state": "cancelled"})
        self.assertEqual(self._amounts(), matrix)

    def test_only_when_approved_and_in_force(self):
        waiting = self._specific(approve=False)
        waiting.action_request()
        self._specific(date_start=date(2025, 10, 1), date_end=date(2025, 12, 31))
        self.assertEqual(self._amounts()["Escalated"][0], 1200.0)
        self._specific(date_start=date(2025, 3, 1), date_end=date(2025, 9, 30))
        self.assertEqual(self._amounts()["Escalated"][0], 400.0)

    def test_a_new_one_replaces_the_old(self):
        old = self._specific()
        new = self._specific(percent=80, date_start=date(2025, 9, 1))
        self.assertEqual(old.date_end, date(2025, 8, 31))
        self.assertFalse(new.date_end)
        self.assertIn(800.0, [amount for _exposure, amount in self._amounts().values()])
        with self.assertRaisesRegex(UserError, "applies from"), self.cr.savepoint():
            self._specific(date_start=date(2025, 9, 1))

    def test_two_people_and_evidence(self):
        for user in (self.collector, self.sales):
            with self.subTest(user=user.login), self.assertRaises(AccessError), \
                    self.cr.savepoint():
                self.specifics.with_user(user).create({"case_id": self.case.id})
        specific = self._specific(approve=False, evidence=" ")
        with self.assertRaisesRegex(UserError, "rests on"), self.cr.savepoint():
            specific.action_request()
        specific.attachment_ids = [Command.create({"name": "notice.pdf", "raw": b"notice"})]
        specific.action_request()
        with self.assertRaises(UserError), self.cr.savepoint():
            specific.percent = 1
        with self.assertRaises(AccessError), self.cr.savepoint():
            specific.action_approve()
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            specific.with_user(self.manager).action_refuse()
        specific.with_user(self.manager).write({"refuse_reason": "Counsel is more hopeful."})
        specific.with_user(self.manager).action_refuse()
        specific.action_redraft()
        specific.percent = 30
        own = self.specifics.with_user(self.manager).create({
            "case_id": self.case.id, "evidence": "Call with counsel",
        })
        own.action_request()
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.action_approve()

    def test_end(self):
        specific = self._specific()
        with self.assertRaises(AccessError), self.cr.savepoint():
            specific.action_end()
        with freeze_time("2025-09-29"):
            specific.with_user(self.manager).action_end()
        self.assertEqual(specific.date_end, date(2025, 9, 29))
        self.assertEqual(self._amounts()["Escalated"][0], 1200.0)
        future = self._specific(date_start=date(2030, 1, 1))
        future.with_user(self.manager).action_end()
        self.assertEqual(future.state, "cancelled")

    def test_reaches_the_item(self):
        self._specific(percent=75)
        self._posted()
        line = self._receivable(self.overdue)
        self.assertEqual(line._get_collection_allowance(), {line.id: 600.0})

    def test_other_company(self):
        specific = self._specific()
        other = self._create_company(name="Elsewhere")
        stranger = self._role_user("specific_stranger", "finance", company=other)
        self.assertFalse(self.specifics.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            specific.with_user(stranger).read(["percent"])
