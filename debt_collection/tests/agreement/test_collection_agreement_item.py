import itertools
import random
from datetime import date, timedelta
from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ...tools.promise import judge, rejudge
from ..base.common import CollectionCommon


@tagged("debt_collection")
class TestRejudgeRule(BaseCase):
    def test_rejudge(self):
        for state, judged, by_hand, expected in [
            ("open", "kept", False, "kept"),
            ("kept", "open", False, "open"),
            ("kept", "partial", False, "partial"),
            ("kept", "broken", False, "broken"),
            ("broken", "kept", False, "kept"),
            ("broken", "open", False, "broken"),
            ("broken", "partial", False, "partial"),
            ("kept", "broken", True, "kept"),
            ("broken", "kept", True, "kept"),
        ]:
            with self.subTest(state=state, judged=judged, by_hand=by_hand):
                self.assertEqual(rejudge(state, judged, by_hand), expected)

    def test_order_of_money_does_not_matter(self):
        """Random payments, in and out in any order: the state is that of their sum."""
        day, generator = date(2025, 9, 10), random.Random(19)
        for _number in range(200):
            payments = [Decimal(generator.randint(1, 5000)) for _number in range(4)]
            as_of = day + timedelta(days=generator.randint(-3, 8))
            ends = set()
            for order in itertools.permutations(payments):
                state, received = "open", Decimal(0)
                for amount in order:
                    received += amount
                    state = rejudge(state, judge(Decimal(9000), received, day, as_of))
                ends.add(state)
                # What is unmatched and matched again leaves the judgement as it was.
                without = rejudge(state, judge(Decimal(9000), received - order[0], day, as_of))
                self.assertEqual(
                    rejudge(without, judge(Decimal(9000), received, day, as_of)), state
                )
            self.assertEqual(len(ends), 1)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAgreementItem(CollectionCommon):
    """Promises and plans remember what was open: what settles that afterwards counts (P3.5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.today = cls.company._get_collection_today()
        cls.collector = cls._role_user("agreed_collector", "collector")
        cls.manager = cls._role_user("agreed_manager", "manager")
        cls.invoice = cls._overdue_invoice(10, 200.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.user_id = cls.collector

    def _promise(self, amount=100.0, days=5, **vals):
        return self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": amount,
            "date_promised": self.today + timedelta(days=days), **vals,
        })

    def _paid(self, amount, **vals):
        return self._pay(self.invoice, amount=amount, payment_date=self.today, **vals)

    def test_paid_earlier_the_same_day_does_not_count(self):
        payment = self._paid(100.0)
        promise = self._promise()
        item = self._receivable(self.invoice)
        self.assertRecordValues(promise, [
            {"state": "open", "kept_amount": 0, "amount_owed": 100, "amount_left": 100},
        ])
        # Undone and matched again, it is the same money as before.
        item.remove_move_reconcile()
        (item + self._receivable(payment.move_id)).reconcile()
        self.assertRecordValues(promise, [{"state": "open", "kept_amount": 0}])
        self._paid(100.0)
        self.assertRecordValues(promise, [
            {"state": "kept", "kept_amount": 100, "amount_left": 0},
        ])

    def test_money_that_goes_away_opens_the_judgement(self):
        """A bounced payment: of a case that it had closed, too."""
        promise = self._promise(200.0)
        payment = self._paid(200.0)
        self.assertEqual((promise.state, self.case.stage), ("kept", "closed"))
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertRecordValues(promise, [{"state": "open", "kept_amount": 0}])
        self.assertFalse(promise.case_id.is_closed)
        promise._judge(self.today + timedelta(days=9))
        self.assertEqual(promise.state, "broken")
        (self._receivable(self.invoice) + self._receivable(payment.move_id)).reconcile()
        self.assertRecordValues(promise, [{"state": "kept", "kept_amount": 200}])

    def test_what_is_still_to_come(self):
        """400 of 1,000 came: 600 are left, and never more than is open of the items."""
        promise = self._promise(150.0)
        self._paid(60.0)
        self.assertEqual(promise.amount_left, 90.0)
        refund = self.invoice._reverse_moves([{"date": self.today}])
        refund.invoice_line_ids.price_unit = 100.0
        refund.action_post()
        self._receivable(self.invoice + refund).reconcile()
        self.assertEqual(promise.amount_left, 40.0)

    def test_in_the_currency_that_is_owed(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        partner = self.env["res.partner"].create({"name": "Dorn"})
        invoice = self._overdue_invoice(10, 900.0, partner=partner, currency_id=currency.id)
        self._classify()
        case = invoice.collection_case_id
        promise = self._promise(case_id=case.id, amount=300.0)
        self._pay(invoice, amount=200.0, currency_id=currency.id, payment_date=self.today)
        self.assertRecordValues(promise, [{
            "currency_id": currency.id, "kept_amount": 200, "amount_left": 100,
            "amount_owed": 900, "amount_company": 150, "warning": False,
        }])
        plan = self.env["collection.plan"].create({
            "case_id": case.id, "date_first": self.today,
        })
        self.assertRecordValues(plan, [{"currency_id": currency.id, "amount": 700}])

    def test_more_than_is_owed(self):
        self.assertIn("only", self._refusal({"amount": 201.0}))
        self.assertIn("past", self._refusal({"date_first": self.today - timedelta(days=1)}))
        warning = self._promise(201.0).warning
        self.assertIn("201.00", warning)
        self.assertIn("200.00", warning)

    def _refusal(self, vals):
        with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
            self.env["collection.plan"].create({
                "case_id": self.case.id, "date_first": self.today, **vals,
            })
        return str(caught.exception)

    def test_judging_by_hand(self):
        """No collector records money that did not come; a manager says why."""
        promise = self._promise()
        for user, call, error in [
            (self.collector, lambda record: record.action_keep("So"), AccessError),
            (self.collector, lambda record: record.write({"state": "kept"}), AccessError),
            (self.collector, lambda record: record.write({"judged_reason": "So"}), UserError),
            (self.manager, lambda record: record.action_keep(), UserError),
            (self.manager, lambda record: record.write({"state": "kept"}), UserError),
        ]:
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                call(promise.with_user(user))
        promise.with_user(self.manager).action_keep("Paid to our lawyer")
        self.assertRecordValues(promise, [{
            "state": "kept", "kept_amount": 0, "judged_by_id": self.manager.id,
            "judged_reason": "Paid to our lawyer",
        }])
        self._paid(100.0)
        self.assertRecordValues(promise, [{"kept_amount": 100, "judged_by_id": False}])

    def test_correction_withdraws_the_promise(self):
        activity = self.env["collection.activity"].create({
            "case_id": self.case.id, "method": "phone", "outcome": "promised",
            "amount_promised": 100.0, "date_promised": self.today, "feedback": "Will pay",
        })
        activity.action_confirm()
        promise = activity.promise_id
        correction = self.env["collection.activity"].browse(activity.action_correct()["res_id"])
        self.assertEqual(correction.corrected_promise_id, promise)
        correction.withdraw_promise = True
        correction.action_confirm()
        self.assertEqual(promise.state, "cancelled")

    # Interest of a plan.

    def _plan(self, **vals):
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "count": 2, "date_first": self.today, "annual_rate": 6,
            **vals,
        })
        plan.action_generate()
        plan.with_user(self.manager).action_approve()
        plan.accepted_by = "Ms Chen"
        plan.action_accept()
        return plan.sudo()

    def test_interest_is_claimed_before_a_plan_is_completed(self):
        plan = self._plan()
        self.assertRecordValues(plan.charge_ids, [{
            "state": "requested", "requested_by_id": self.collector.id,
            "amount_total": plan.amount_interest,
        }])
        self._paid(200.0)
        self.assertRecordValues(plan, [{
            "state": "performing", "amount_received": 200, "interest_state": "asked",
        }])
        with self.assertRaises(AccessError), self.cr.savepoint():
            plan.with_user(self.collector).action_waive_interest("Old customer")
        plan.with_user(self.manager).action_waive_interest("Old customer")
        self.assertRecordValues(plan, [{
            "state": "completed", "interest_state": "waived",
            "interest_waived_by_id": self.manager.id,
        }])
        self.assertEqual(plan.charge_ids.state, "cancelled")

    def test_interest_that_was_refused_is_claimed_again(self):
        """The collector sees it on the plan and presses the button there."""
        plan = self._plan().with_user(self.collector)
        self.assertFalse(plan.is_interest_refused)
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.action_claim_interest()
        charge = plan.charge_ids.sudo()
        charge.refuse_reason = "Not agreed"
        charge.with_user(self.manager).action_refuse()
        plan.invalidate_recordset()
        self.assertTrue(plan.is_interest_refused)
        arch = plan.get_view(view_type="form")["arch"]
        self.assertIn('name="action_claim_interest"', arch)
        plan.action_claim_interest()
        self.assertFalse(plan.is_interest_refused)
        self.assertEqual(plan.sudo().charge_ids.mapped("state"), ["requested", "refused"])
        self.assertEqual(plan.sudo().charge_ids[0].requested_by_id, self.collector)
        plan.with_user(self.manager).action_waive_interest("Old customer")
        plan.invalidate_recordset()
        self.assertFalse(plan.is_interest_refused)

    def test_completed_plan_whose_money_goes_away(self):
        plan = self._plan(annual_rate=0)
        payment = self._paid(200.0)
        self.assertEqual(plan.state, "completed")
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertRecordValues(plan, [{"state": "performing", "amount_received": 0}])

    def test_second_plan_is_refused_in_words(self):
        plans = self.env["collection.plan"].with_user(self.collector).create([
            {"case_id": self.case.id, "count": 1, "date_first": self.today}
        ] * 2)
        plans.action_generate()
        plans.with_user(self.manager).action_approve()
        plans.accepted_by = "Ms Chen"
        plans[0].action_accept()
        with self.assertRaisesRegex(UserError, "being paid already"), self.cr.savepoint():
            plans[1].action_accept()
