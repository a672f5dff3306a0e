from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionGuideline(CollectionCommon):
    """Every collector acknowledges once a year; the manager sees who has not (P2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("guide_collector", "collector")
        cls.colleague = cls._role_user("guide_colleague", "collector")
        cls.manager = cls._role_user("guide_manager", "manager")
        cls.finance = cls._role_user("guide_finance", "finance")
        cls.today = fields.Date.today()
        cls.guideline = cls.env["collection.guideline"].with_user(cls.manager).create({
            "name": "Be civil", "body": "<p>Always</p>", "date": cls.today - timedelta(days=400),
            "company_id": cls.env.company.id,
        })

    def _missing(self):
        self.guideline.invalidate_recordset()
        return self.guideline.missing_user_ids & (
            self.collector | self.colleague | self.manager | self.finance
        )

    def test_acknowledge(self):
        self.assertEqual(self._missing(), self.collector | self.colleague | self.manager)
        mine = self.guideline.with_user(self.collector)
        self.assertFalse(mine.is_read)
        mine.action_acknowledge()
        self.assertTrue(mine.is_read)
        self.assertEqual(self._missing(), self.colleague | self.manager)
        with self.assertRaisesRegex(UserError, "already"):
            mine.action_acknowledge()
        self.assertFalse(self.guideline.with_user(self.colleague).is_read)
        search = self.env["collection.guideline"].with_user(self.collector).search
        domain = [("id", "=", self.guideline.id)]
        self.assertTrue(search([*domain, ("is_read", "=", True)]))
        self.assertFalse(search([*domain, ("is_read", "=", False)]))

    def test_a_year(self):
        for days, read in [(364, True), (365, False), (401, False)]:
            with self.subTest(days=days), self.cr.savepoint() as savepoint:
                self.env["collection.guideline.receipt"].sudo().create({
                    "guideline_id": self.guideline.id, "user_id": self.collector.id,
                    "date": self.today - timedelta(days=days),
                })
                self.assertEqual(self.collector not in self._missing(), read)
                savepoint.rollback()

    def test_changed_text_is_read_again(self):
        self.env["collection.guideline.receipt"].sudo().create({
            "guideline_id": self.guideline.id, "user_id": self.collector.id,
            "date": self.today - timedelta(days=5),
        })
        self.assertNotIn(self.collector, self._missing())
        self.guideline.date = self.today - timedelta(days=4)
        self.assertIn(self.collector, self._missing())

    def test_to_do(self):
        ask = self.env["collection.guideline"]._ask_to_read
        for _time in range(2):
            ask(self.today)
            to_dos = self.guideline.sudo().activity_ids
            self.assertEqual(len(to_dos.filtered(lambda a: a.user_id == self.collector)), 1)
            self.assertFalse(to_dos.filtered(lambda a: a.user_id == self.finance))
        self.guideline.with_user(self.collector).action_acknowledge()
        self.assertFalse(
            self.guideline.sudo().activity_ids.filtered(lambda a: a.user_id == self.collector)
        )

    def test_rights(self):
        receipts = self.env["collection.guideline.receipt"]
        self.guideline.with_user(self.collector).action_acknowledge()
        for attempt in (
            lambda: receipts.with_user(self.collector).create(
                {"guideline_id": self.guideline.id, "user_id": self.colleague.id,
                 "date": self.today}),
            lambda: self.guideline.with_user(self.collector).write({"name": "x"}),
            lambda: self.guideline.with_user(self.finance).name,
            lambda: receipts.with_user(self.manager).search([]).unlink(),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env.invalidate_all()
                attempt()
        self.assertFalse(receipts.with_user(self.colleague).search([]))
        self.assertTrue(receipts.with_user(self.manager).search([]))
