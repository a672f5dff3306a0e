from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..posting.accounting_common import CollectionAccountingCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionRecovery(CollectionAccountingCommon):
    """Money that comes after all: matched, posted apart, never more than was written off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._overdue_invoice(100, 1000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.item = cls._receivable(cls.invoice)

    def setUp(self):
        super().setUp()
        self.debt = self._posted(self._writeoff(self.invoice)).line_ids

    def _money(self, amount, currency=None, partner=None):
        """The unmatched credit of a customer payment."""
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": (partner or self.partner_a).id, "amount": amount,
            "currency_id": (currency or self.company.currency_id).id,
        })
        payment.action_post()
        return self._receivable(payment.move_id)

    def _recovery(self, credit, debts=None, amount=None, user=None, partner=None):
        recovery = self.env["collection.recovery"].with_user(user or self.finance).create({
            "partner_id": (partner or self.partner_a).id,
            "company_id": self.company.id,
            "credit_id": credit.id,
            **({"line_ids": [
                Command.create({"writeoff_line_id": debt.id, "amount": amount}) for debt in debts
            ]} if debts else {}),
        })
        return recovery.with_user(user or self.finance)

    def test_posted_as_income_and_matched(self):
        credit = self._money(300.0)
        recovery = self._posted(self._recovery(credit))
        self.assertRecordValues(recovery, [
            {"state": "posted", "amount": 300.0, "amount_company": 300.0}
        ])
        self.assertRecordValues(recovery.move_id.line_ids.sorted("balance"), [
            {"account_id": self.company.collection_recovery_account_id.id, "balance": -300.0,
             "reconciled": False},
            {"account_id": credit.account_id.id, "balance": 300.0, "reconciled": True},
        ])
        self.assertTrue(credit.reconciled)
        self.assertRecordValues(self.debt, [{
            "amount_recovered": 300.0, "amount_claimable": 700.0,
            "amount_recovered_company": 300.0, "amount_claimable_company": 700.0,
        }])
        self.assertEqual(self.debt.writeoff_id.amount_recovered, 300.0)
        self.assertEqual(self.case.amount_recovered, 300.0)

    def test_next_invoice_is_not_booked_as_recovery(self):
        """Odoo proposes the account a partner's lines are on most often."""
        partner = self.env["res.partner"].create({"name": "Seldom"})
        revenue = self._overdue_invoice(90, 100.0, partner=partner).invoice_line_ids.account_id
        for _number in range(3):
            self._classify()
            debt = self._posted(self._writeoff(
                self._overdue_invoice(80, 30.0, partner=partner), user=self.manager2,
                case=self.env["collection.case"],
            )).line_ids
            money = self._money(30.0, partner=partner)
            self._posted(self._recovery(money, debt, 30.0, partner=partner))
        invoice = self._overdue_invoice(1, partner=partner)
        self.assertEqual(invoice.invoice_line_ids.account_id, revenue)

    def test_never_in_the_recovery_rate(self):
        span = [(1, self.case.line_ids.ids, self.TODAY, self.TODAY)]
        self._posted(self._recovery(self._money(300.0)))
        self.assertFalse(self.env["collection.cash"]._get_received(span))
        self.assertEqual(self.case.close_reason, "written_off")
        self.assertFalse(self.env["account.move.line"]._get_collection_ageing(
            self.TODAY, self.company, self.partner_a))

    def test_allowance(self):
        """Recovery of 8,000 in the vector of month 3: the allowance gets it back."""
        self.company.collection_recovery_mode = "allowance"
        self._posted(self._recovery(self._money(800.0)))
        self.assertEqual(self._balance(self.company.collection_allowance_account_id), -800.0)
        self.assertEqual(self._balance(self.company.collection_recovery_account_id), 0.0)

    def test_tax_claimed_back_is_due_again(self):
        invoice = self._overdue_invoice(90, invoice_line_ids=[Command.create({
            "price_unit": 1000.0, "tax_ids": self.company_data["default_tax_sale"].ids,
        })])
        self._classify()
        debt = self._posted(self._writeoff(invoice, is_tax_relief=True)).line_ids
        recovery = self._posted(self._recovery(self._money(575.0), debt, 575.0))
        self.assertEqual(recovery.amount_tax, 75.0)
        self.assertEqual(self._balance(self.company.collection_vat_relief_account_id), 75.0)
        self.assertEqual(self._balance(self.company.collection_recovery_account_id), -500.0)

    def test_never_more_than_written_off(self):
        credit = self._money(1500.0)
        self.assertEqual(self._recovery(credit).amount, 1000.0)
        with self.assertRaisesRegex(UserError, "cannot be recovered"), self.cr.savepoint():
            self._recovery(credit, self.debt, 1000.01).action_request()
        first = self._recovery(credit, self.debt, 600.0)
        first.action_request()
        with self.assertRaisesRegex(UserError, "400.00"), self.cr.savepoint():
            self._recovery(credit, self.debt, 500.0).action_request()
        first.with_user(self.manager).action_approve()
        first.action_post()
        second = self._recovery(credit)
        self.assertEqual(second.amount, 400.0)
        self._posted(second)
        self.assertEqual(credit.amount_residual, -500.0)
        self.assertEqual(self.debt.amount_claimable, 0.0)
        with self.assertRaisesRegex(UserError, "no written-off debts"), self.cr.savepoint():
            self._recovery(credit).action_request()

    def test_money_that_is_there(self):
        credit = self._money(100.0)
        recovery = self._approved(self._recovery(credit))
        later = self._overdue_invoice(5, 60.0)
        (credit + self._receivable(later)).reconcile()
        with self.assertRaisesRegex(UserError, "40.00 are unmatched|takes"), self.cr.savepoint():
            recovery.action_post()
        self.assertEqual(recovery.state, "approved")
        refund = self.env["account.move"].create({
            "move_type": "out_refund", "partner_id": self.partner_a.id,
            "invoice_date": self.TODAY,
            "invoice_line_ids": [Command.create({"price_unit": 50.0, "tax_ids": []})],
        })
        refund.action_post()
        for wrong in (self._receivable(refund), self._money(50.0, partner=self.partner_b)):
            with self.assertRaisesRegex(UserError, "no unmatched money"), self.cr.savepoint():
                self._recovery(wrong, self.debt, 10.0).action_request()

    def test_foreign_money(self):
        """1,000 of a foreign debt booked at 500; half of it comes at another rate."""
        currency = self.setup_other_currency(
            "EUR", rates=[("2024-01-01", 2.0), ("2025-09-10", 1.6)]
        )
        invoice = self._overdue_invoice(90, 1000.0, currency_id=currency.id)
        self._classify()
        debt = self._posted(self._writeoff(invoice)).line_ids
        self.assertEqual(debt.amount_company, 500.0)
        recovery = self._posted(self._recovery(self._money(500.0, currency), debt, 500.0))
        self.assertEqual(recovery.amount_company, 312.5)
        self.assertEqual(debt.amount_claimable, 500.0)
        own = self._posted(self._recovery(self._money(125.0), debt, 125.0))
        self.assertEqual(own.line_ids.amount_debt, 250.0)
        self.assertEqual(debt.amount_claimable, 250.0)
        self.assertFalse((recovery + own).credit_id.matched_debit_ids.exchange_move_id)

    def test_two_people_and_roles(self):
        credit = self._money(300.0)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._recovery(credit, user=self.collector)
        recovery = self._recovery(credit)
        with self.assertRaises(UserError), self.cr.savepoint():
            recovery.action_post()
        recovery.action_request()
        with self.assertRaises(AccessError), self.cr.savepoint():
            recovery.action_approve()
        own = self._recovery(credit, self.debt, 1.0, user=self.manager)
        own.action_request()
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.action_approve()
        recovery.with_user(self.manager).action_approve()
        with self.assertRaises(AccessError), self.cr.savepoint():
            recovery.with_user(self.manager).action_post()
        with self.assertRaises(UserError), self.cr.savepoint():
            recovery.line_ids.amount = 5.0
        recovery.action_post()
        with self.assertRaises(UserError), self.cr.savepoint():
            recovery.action_post()

    def test_undo(self):
        credit = self._money(300.0)
        recovery = self._posted(self._recovery(credit))
        writeoff = self.debt.writeoff_id
        with self.assertRaisesRegex(UserError, "undo its recoveries"), self.cr.savepoint():
            writeoff.with_user(self.finance).action_undo()
        recovery.with_user(self.finance).action_undo()
        self.assertEqual(credit.amount_residual, -300.0)
        self.assertEqual(self._balance(self.company.collection_recovery_account_id), 0.0)
        self.assertEqual(self.debt.amount_claimable, 1000.0)
        writeoff.with_user(self.finance).action_undo()
        self.assertEqual(self.debt.amount_claimable, 0.0)
        self.assertEqual(self.item.amount_residual, 1000.0)

    def test_register(self):
        uneconomic = self._overdue_invoice(70, 20.0)
        self._classify()
        given_up = self._posted(
            self._writeoff(uneconomic, reason_id=self.uneconomic.id)
        ).line_ids
        register = self.env["collection.writeoff.line"].with_user(self.collector)
        followed = register.search([("state", "=", "posted"), ("is_followed", "=", True)])
        self.assertEqual(followed, self.debt)
        self.assertFalse(given_up.is_followed)
        given_up.with_user(self.collector).action_toggle_followed()
        self.assertTrue(given_up.is_followed)
        context = self.debt.with_user(self.finance).action_recover()["context"]
        self.assertFalse(context["default_credit_id"])
        credit = self._money(300.0)
        context = self.debt.with_user(self.finance).action_recover()["context"]
        self.assertEqual(context["default_credit_id"], credit.id)
        recovery = self.env["collection.recovery"].with_user(self.finance).with_context(
            **context
        ).create({})
        self.assertEqual(recovery.line_ids.writeoff_line_id, self.debt)
        payment = self.debt.action_register_payment()["context"]
        self.assertEqual(payment["default_amount"], 1000.0)

    def test_limitation_is_kept_in_the_register(self):
        china = self.env.ref("base.cn")
        self.partner_b.country_id = china
        invoice = self._overdue_invoice(100, 80.0, partner=self.partner_b)
        self._classify()
        self.env["collection.limitation"]._update_limitations(self.company, self.TODAY)
        limit = self.env["collection.limitation"].search(
            [("line_id", "=", self._receivable(invoice).id)]
        ).date_limit
        debt = self._posted(self._writeoff(invoice)).line_ids
        self.assertTrue(limit)
        self.assertEqual(debt.date_limit, limit)
