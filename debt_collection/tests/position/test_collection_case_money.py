from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..posting.accounting_common import CollectionAccountingCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseMoney(CollectionAccountingCommon):
    """Payments and credits of a case, without leaving it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._overdue_invoice(100, 1000.0)
        cls.new = cls._overdue_invoice(10, 400.0)
        cls._classify()
        cls.case = cls.old.collection_case_id
        cls.payment = cls.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": cls.TODAY,
            "partner_id": cls.partner_a.id, "amount": 1100.0,
        })
        cls.payment.action_post()
        cls.credit = cls._receivable(cls.payment.move_id)

    def _match(self, action, user=None):
        return self.env[action["res_model"]].with_user(user or self.finance).browse(
            action["res_id"]
        )

    def test_register_payment(self):
        action = self.case.action_register_payment()
        payment = self.env[action["res_model"]].with_context(**action["context"]).create({
            "payment_date": self.TODAY, "group_payment": True,
        })._create_payments()
        self.assertEqual(payment.amount, 1400.0)
        self.assertRecordValues(self.case, [{"stage": "closed", "close_reason": "paid"}])
        with self.assertRaises(UserError):
            self.case.action_register_payment()

    def test_chosen_items(self):
        items = self._receivable(self.new)
        action = items.action_register_payment()
        self.env[action["res_model"]].with_context(**action["context"]).create(
            {"payment_date": self.TODAY}
        )._create_payments()
        self.assertEqual(self.case.amount_overdue, 1000.0)

    def test_credits_match_the_oldest_first(self):
        self.assertEqual(self.case.amount_unapplied, 1100.0)
        lines = self.env["account.move.line"].search(
            self.case.with_user(self.finance).action_view_credits()["domain"]
        )
        self.assertEqual(lines, self.credit)
        match = self._match(self.case.with_user(self.finance).action_match_credits())
        self.assertRecordValues(match, [{"amount_credits": 1100.0, "amount_items": 1400.0}])
        match.action_match()
        self.assertTrue(self._receivable(self.old).reconciled)
        self.assertEqual(self._receivable(self.new).amount_residual, 300.0)
        self.assertRecordValues(self.case, [{"amount_overdue": 300.0, "amount_unapplied": 0.0}])

    def test_double_press_and_wrong_lines(self):
        credit = self.credit.with_user(self.finance)
        match, again = (self._match(credit.action_match_collection_credit()) for _ in range(2))
        match.action_match()
        with self.assertRaisesRegex(UserError, "not open"), self.cr.savepoint():
            again.action_match()
        other = self._overdue_invoice(20, partner=self.partner_b)
        again.item_ids = self._receivable(other)
        again.credit_ids = self._receivable(self.new)
        with self.assertRaises(UserError), self.cr.savepoint():
            again.action_match()
        self.assertFalse(self._receivable(other).reconciled)

    def test_finance_alone(self):
        action = self.case.with_user(self.finance).action_match_credits()
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                self._match(action, user).action_match()
        with self.assertRaises(AccessError), self.cr.savepoint():
            payment = self.case.with_user(self.finance).action_register_payment()
            self.env[payment["res_model"]].with_user(self.finance).with_context(
                **payment["context"]
            ).create({})
        self.assertEqual(self.credit.amount_residual, -1100.0)

    def test_nothing_to_match(self):
        self.payment.action_draft()
        with self.assertRaisesRegex(UserError, "no unmatched credits"):
            self.case.action_match_credits()

    def _pay_in(self, amount, memo=""):
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": self.partner_a.id, "amount": amount, "memo": memo,
        })
        payment.action_post()
        return self._receivable(payment.move_id)

    def test_pairs_are_proposed_and_matched_by_themselves(self):
        """The amount or a number says what a credit is for; what says nothing is left alone."""
        same = self._pay_in(400.0)
        quoted = self._pay_in(990.0, f"for {self.old.name}")
        match = self._match(self.case.with_user(self.finance).action_match_credits())
        self.assertRecordValues(match.pair_ids.sorted("amount_credit"), [
            {"credit_id": same.id, "item_ids": self._receivable(self.new).ids,
             "amount_items": 400.0},
            {"credit_id": quoted.id, "item_ids": self._receivable(self.old).ids,
             "amount_items": 1000.0},
        ])
        self.assertIn("number", match.pair_ids.filtered(
            lambda pair: pair.credit_id == quoted).reason)
        match.pair_ids.is_chosen = False
        with self.assertRaisesRegex(UserError, "Tick the pairs"):
            match.action_match_pairs()
        match.pair_ids.is_chosen = True
        match.action_match_pairs()
        self.assertTrue(self._receivable(self.new).reconciled)
        self.assertEqual(self._receivable(self.old).amount_residual, 10.0)
        self.assertEqual(self.credit.amount_residual, -1100.0)
