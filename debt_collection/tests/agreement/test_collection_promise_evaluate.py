from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ...tools.promise import judge
from ..base.common import CollectionCommon


@tagged("debt_collection")
class TestPromiseRule(BaseCase):
    def test_vectors(self):
        """Promises of 10,000 for the 10th: tolerance 95 %, three days of grace."""
        promised = date(2025, 9, 10)
        for received, as_of, state in [
            ("10000", 10, "kept"),
            ("9500", 12, "kept"),
            ("9500", 5, "kept"),
            ("9499.99", 13, "open"),
            ("9499.99", 14, "partial"),
            ("0", 13, "open"),
            ("0", 14, "broken"),
        ]:
            with self.subTest(received=received, as_of=as_of):
                self.assertEqual(
                    judge(Decimal(10000), Decimal(received), promised, date(2025, 9, as_of)),
                    state,
                )

    def test_tolerance_is_rounded_to_the_currency(self):
        for amount, received, precision, state in [
            ("0.01", "0.01", "0.01", "kept"),
            ("0.10", "0.10", "0.01", "kept"),  # 0.095 rounds half up
            ("0.10", "0.09", "0.01", "broken"),
            ("101", "96", "1", "kept"),  # 95.95
            ("101", "95", "1", "broken"),
        ]:
            with self.subTest(amount=amount, received=received):
                expected = "partial" if state == "broken" else state
                self.assertEqual(
                    judge(
                        Decimal(amount), Decimal(received), date(2025, 9, 1), date(2025, 9, 30),
                        precision=Decimal(precision),
                    ),
                    expected,
                )


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPromiseEvaluate(CollectionCommon):
    """Promises judged by payments as they are booked (P3.5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("judge_collector", "collector")
        cls.manager = cls._role_user("judge_manager", "manager")
        cls.env.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.invoice = cls._overdue_invoice(10, 12000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.sudo().policy_id = cls.env.company.collection_policy_id

    def _promise(self, days=5, amount=10000.0, made=0):
        """A promise made ``made`` days from ``TODAY``, to pay ``days`` later."""
        start = self.TODAY + timedelta(days=made)
        return self.env["collection.promise"].create({
            "case_id": self.case.id,
            "amount": amount,
            "date_made": start,
            "date_promised": start + timedelta(days=days),
        })

    def _pay_on(self, days, amount):
        self._pay(self.invoice, amount=amount, payment_date=self.TODAY + timedelta(days=days))

    def _evaluate(self, days):
        self.env["collection.promise"]._evaluate(
            self.TODAY + timedelta(days=days), self.env.company
        )

    def test_vectors_with_real_payments(self):
        for paid_on, amount, seen_on, state, kept in [
            (5, 10000.0, 5, "kept", 10000.0),
            (7, 9500.0, 7, "kept", 9500.0),
            (5, 9499.99, 9, "partial", 9499.99),
            (9, 10000.0, 9, "broken", 0.0),
            (8, 10000.0, 20, "kept", 10000.0),
            (-1, 10000.0, 9, "kept", 10000.0),  # booked before, but it came after
            (5, 9000.0, 8, "open", 9000.0),
        ]:
            with self.subTest(paid_on=paid_on, amount=amount), self.cr.savepoint() as savepoint:
                promise = self._promise()
                self._pay_on(paid_on, amount)
                self._evaluate(seen_on)
                self.assertRecordValues(promise, [{"state": state, "kept_amount": kept}])
                savepoint.rollback()

    def test_several_payments_add_up(self):
        promise = self._promise()
        self._pay_on(1, 4000.0)
        self._evaluate(1)
        self.assertRecordValues(promise, [{"state": "open", "kept_amount": 4000.0}])
        self._pay_on(5, 5500.0)
        self._evaluate(5)
        self.assertRecordValues(promise, [{"state": "kept", "kept_amount": 9500.0}])

    def test_credit_note_and_write_off_are_no_cash(self):
        self._overdue_invoice(10, 1.0)
        self._classify()
        promise = self._promise()
        refund = self.invoice._reverse_moves([{"date": self.TODAY}])
        refund.invoice_line_ids.price_unit = 6000.0
        refund.action_post()
        self._receivable(self.invoice + refund).reconcile()
        self._pay(
            self.invoice, amount=3000.0, payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
            payment_date=self.TODAY,
        )
        self._evaluate(9)
        self.assertEqual(promise.state, "partial")
        self.assertEqual(promise.kept_amount, 3000.0)

    def test_payment_judges_at_once(self):
        """A payment dated today keeps a promise for today without waiting for the night."""
        today = self.env.company._get_collection_today()
        promise = self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 5000.0, "date_made": today,
            "date_promised": today,
        })
        self._pay(self.invoice, amount=5000.0, payment_date=today)
        self.assertRecordValues(promise, [{"state": "kept", "kept_amount": 5000.0}])

    def test_full_payment_keeps_the_promise_of_a_closing_case(self):
        today = self.env.company._get_collection_today()
        promise = self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 12000.0, "date_made": today,
            "date_promised": today,
        })
        self._pay(self.invoice, payment_date=today)
        self.assertEqual(self.case.stage, "closed")
        self.assertEqual(promise.state, "kept")

    def test_broken_promise_is_a_to_do(self):
        self._promise()
        self._evaluate(8)
        self.assertFalse(self.case.activity_ids)
        self._evaluate(9)
        to_do = self.case.activity_ids
        self.assertRecordValues(to_do, [{
            "user_id": self.collector.id, "date_deadline": self.TODAY + timedelta(days=9),
        }])
        self._evaluate(10)
        self.assertEqual(self.case.activity_ids, to_do)

    def test_second_broken_in_a_row_brings_the_next_stage(self):
        self._promise()
        self._evaluate(9)
        self.assertFalse(self.case.case_step_ids)
        self._promise(made=10)
        self._evaluate(19)
        self.assertEqual(self.case.case_step_ids.step_id.name, "Formal Letter")
        told = self.case.message_ids.filtered(
            lambda message: self.manager.partner_id in message.partner_ids
        )
        self.assertIn("Two promises in a row", told.body)

    def test_kept_one_between_starts_anew(self):
        self._promise(amount=100.0)
        self._evaluate(9)
        self._promise(made=10, amount=100.0)
        self._pay_on(12, 100.0)
        self._evaluate(19)
        self._promise(made=20, amount=100.0)
        self._evaluate(29)
        self.assertEqual(
            self.case.promise_ids.sorted("date_made").mapped("state"),
            ["broken", "kept", "broken"],
        )
        self.assertFalse(self.case.case_step_ids)

    def test_received_amount_cannot_be_typed_in(self):
        promise = self._promise().with_user(self.collector)
        promise.note = "By cheque"
        with self.assertRaises(UserError), self.cr.savepoint():
            promise.kept_amount = 5.0

    def test_other_company_is_left_alone(self):
        other = self.setup_other_company()["company"]
        promise = self._promise()
        self.env["collection.promise"]._evaluate(self.TODAY + timedelta(days=99), other)
        self.assertEqual(promise.state, "open")

    def test_foreign_currency_counts_at_the_booked_amount(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        invoice = self._overdue_invoice(10, 1000.0, currency_id=currency.id)
        self._classify()
        promise = self._promise(amount=500.0)
        self._pay(invoice, amount=1000.0, currency_id=currency.id, payment_date=self.TODAY)
        self._evaluate(1)
        self.assertRecordValues(promise, [{"state": "kept", "kept_amount": 500.0}])

    def test_task_force_members_see_promises(self):
        member = self._role_user("judge_member", "collector")
        self._promise()
        self.assertFalse(self.case.with_user(member).search([("id", "=", self.case.id)]))
        self.case.member_ids = [Command.link(member.id)]
        self.assertTrue(self.case.with_user(member).promise_ids)
