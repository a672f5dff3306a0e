from datetime import date

from odoo import Command
from odoo.tests import tagged

from .test_collection_provision import ProvisionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionWriteoffProvision(ProvisionCommon):
    """Write-offs against what the month-end provision set aside, and recoveries into it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["collection.accounting.setup"]._set_up(cls.company)
        cls.expense = cls.company.collection_bad_debt_account_id
        cls.allowance = cls.company.collection_allowance_account_id
        cls._rates(severe=60)

    def _write_off_for_good(self, amounts, day):
        writeoff = self.env["collection.writeoff"].with_user(self.manager).create({
            "partner_id": self.partner_a.id,
            "company_id": self.company.id,
            "reason_id": self.env.ref("debt_collection.writeoff_reason_statute_barred").id,
            "date": day,
            "line_ids": [
                Command.create({"item_id": item.id, "amount": amount})
                for item, amount in amounts.items()
            ],
        })
        other = self._role_user(f"wp_manager_{writeoff.id}", "manager")
        writeoff.action_request()
        writeoff.with_user(other).action_approve()
        writeoff.with_user(self.finance).action_post()
        return writeoff.with_user(self.env.user)

    def test_each_item_uses_its_own(self):
        covered = self._receivable(self._overdue_invoice(200, 1000.0))
        self._posted()
        fresh = self._receivable(self._overdue_invoice(100, 500.0))
        self.assertEqual((covered + fresh)._get_collection_allowance(), {covered.id: 600.0})
        writeoff = self._write_off_for_good({covered: 500.0, fresh: 500.0}, date(2025, 10, 5))
        self.assertRecordValues(writeoff, [{"amount_allowance": 500.0, "amount_expense": 500.0}])
        self.assertEqual((covered + fresh)._get_collection_allowance(), {covered.id: 100.0})
        rest = self._write_off_for_good({covered: 500.0}, date(2025, 10, 6))
        self.assertRecordValues(rest, [{"amount_allowance": 100.0, "amount_expense": 400.0}])
        self.assertEqual(self._balance(self.allowance), 0.0)
        self.assertEqual(self._balance(self.expense), 900.0)
        rest.with_user(self.finance).action_undo()
        self.assertEqual(covered._get_collection_allowance(), {covered.id: 100.0})
        self.assertEqual(self._balance(self.allowance), -100.0)

    def test_three_months(self):
        """55,700 set aside; 30,000 written off against it; 8,000 come after all."""
        self.company.collection_recovery_mode = "allowance"
        big = self._receivable(self._overdue_invoice(200, 92_833.33))
        first = self._posted()
        self.assertEqual(self._balance(self.allowance), -55_700.0)
        self.assertEqual(first.state, "posted")
        writeoff = self._write_off_for_good({big: 30_000.0}, date(2025, 10, 10))
        self.assertEqual(self._balance(self.allowance), -25_700.0)
        self.assertEqual(self._balance(self.expense), 0.0)
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": date(2025, 11, 5),
            "partner_id": self.partner_a.id, "amount": 8_000.0,
        })
        payment.action_post()
        recovery = self.env["collection.recovery"].with_user(self.finance).create({
            "partner_id": self.partner_a.id,
            "company_id": self.company.id,
            "credit_id": self._receivable(payment.move_id).id,
            "date": date(2025, 11, 6),
        })
        self.assertEqual(recovery.line_ids.writeoff_line_id, writeoff.line_ids)
        recovery.action_request()
        recovery.with_user(self.manager).action_approve()
        recovery.action_post()
        self.assertEqual(self._balance(self.allowance), -33_700.0)
