from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ...tools.instalments import due_dates, generate, split
from ...tools.plan_state import judge_plan
from ..base.common import CollectionCommon


@tagged("debt_collection")
class TestInstalmentRules(BaseCase):
    def test_split(self):
        for amount, count, precision, parts in [
            ("10000", 3, "0.01", ["3333.33", "3333.33", "3333.34"]),
            ("100", 7, "0.01", ["14.28"] * 6 + ["14.32"]),
            ("100", 1, "0.01", ["100"]),
            ("100", 3, "1", ["33", "33", "34"]),
            ("0.03", 3, "0.01", ["0.01"] * 3),
        ]:
            with self.subTest(amount=amount, count=count):
                result = split(Decimal(amount), count, Decimal(precision))
                self.assertEqual(result, [Decimal(part) for part in parts])
                self.assertEqual(sum(result), Decimal(amount))
        for amount, count in [("100", 0), ("0.02", 3), ("0", 1), ("-5", 2)]:
            with self.subTest(amount=amount, count=count), self.assertRaises(ValueError):
                split(Decimal(amount), count)

    def test_due_dates(self):
        for first, count, unit, every, expected in [
            ("2025-01-31", 4, "month", 1, ["01-31", "02-28", "03-31", "04-30"]),
            ("2024-01-30", 2, "month", 1, ["01-30", "02-29"]),
            ("2025-01-15", 3, "month", 3, ["01-15", "04-15", "07-15"]),
            ("2025-01-30", 3, "week", 2, ["01-30", "02-13", "02-27"]),
            ("2025-01-30", 2, "day", 10, ["01-30", "02-09"]),
        ]:
            with self.subTest(first=first, unit=unit):
                result = due_dates(date.fromisoformat(first), count, unit, every)
                self.assertEqual([f"{day:%m-%d}" for day in result], expected)

    def test_equal_principal_with_interest(self):
        plan = generate(Decimal(12000), 4, date(2025, 1, 31), annual_rate=Decimal(6))
        self.assertEqual(
            [line.principal + line.interest for line in plan],
            [Decimal(3060), Decimal(3045), Decimal(3030), Decimal(3015)],
        )

    def test_judge_plan(self):
        lines = [(date(2025, 1, 3), Decimal(100)), (date(2025, 2, 3), Decimal(100))]
        for received, as_of, tolerance, state in [
            ("0", "2025-01-03", 100, "performing"),
            ("0", "2025-01-04", 100, "broken"),
            ("99.99", "2025-01-04", 100, "broken"),
            ("95", "2025-01-04", 95, "performing"),
            ("94.99", "2025-01-04", 95, "broken"),
            ("100", "2025-02-03", 100, "performing"),
            ("150", "2025-02-04", 100, "broken"),
            ("200", "2025-01-01", 100, "completed"),
            ("250", "2025-09-01", 100, "completed"),
        ]:
            with self.subTest(received=received, as_of=as_of):
                self.assertEqual(
                    judge_plan(
                        lines, Decimal(received), date.fromisoformat(as_of), Decimal(tolerance)
                    ),
                    state,
                )


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPlan(CollectionCommon):
    """Plans from proposal to the last payment; due dates are never touched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("plan_collector", "collector")
        cls.manager = cls._role_user("plan_manager", "manager")
        cls.finance = cls._role_user("plan_finance", "finance")
        cls.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.invoice = cls._overdue_invoice(40, 3000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    def _plan(self, **vals):
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id,
            "date_first": self.TODAY + timedelta(days=10),
            "count": 3,
            **vals,
        })
        plan.action_generate()
        return plan

    def _performing(self, **vals):
        plan = self._plan(**vals)
        plan.with_user(self.manager).action_approve()
        plan.write({"accepted_by": "Ms Chen, by e-mail", "date_accepted": self.TODAY})
        plan.action_accept()
        return plan

    def _night(self, days):
        as_of = self.TODAY + timedelta(days=days)
        self._classify(as_of)
        self.env["collection.plan"]._evaluate(as_of, self.company)
        self.env["collection.case"]._escalate(as_of, self.company)

    def test_proposal_covers_the_overdue_items(self):
        plan = self._plan()
        self.assertRecordValues(plan, [{"amount": 3000.0, "state": "draft"}])
        self.assertEqual(plan.item_ids, self._receivable(self.invoice))
        self.assertEqual(plan.line_ids.mapped("amount"), [1000.0] * 3)
        self.assertEqual(
            plan.line_ids.mapped("date_due"),
            [date(2025, 10, 10), date(2025, 11, 10), date(2025, 12, 10)],
        )

    def test_two_people(self):
        plan = self._plan()
        for user, error in [(self.collector, AccessError), (self.finance, AccessError)]:
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                plan.with_user(user).action_approve()
        own = self.env["collection.plan"].with_user(self.manager).create(
            {"case_id": self.case.id}
        )
        own.action_generate()
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.action_approve()
        with self.assertRaisesRegex(UserError, "buttons"), self.cr.savepoint():
            plan.with_user(self.manager).write({"state": "performing"})
        with self.assertRaisesRegex(UserError, "not approved"), self.cr.savepoint():
            plan.action_accept()
        plan.with_user(self.manager).action_approve()
        self.assertRecordValues(plan, [{"state": "approved", "approved_by": self.manager.id}])

    def test_agreed_terms_stay(self):
        plan = self._performing()
        for vals in ({"amount": 1.0}, {"line_ids": [(5,)]}, {"grace_days": 99}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                plan.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.line_ids[0].amount = 1.0
        with self.assertRaises(UserError), self.cr.savepoint():
            plan.unlink()

    def test_schedule_must_add_up(self):
        plan = self._plan()
        plan.line_ids[0].amount = 999.0
        with self.assertRaisesRegex(UserError, "add up"), self.cr.savepoint():
            plan.with_user(self.manager).action_approve()

    def test_performing_plan_pauses_the_chase_and_keeps_due_dates(self):
        due = self._receivable(self.invoice).date_maturity
        self._performing()
        self._night(0)
        self.assertRecordValues(self.case, [{
            "collection_state": "plan", "amount_planned": 3000.0, "amount_to_collect": 0.0,
            "amount_overdue": 3000.0,
        }])
        self.assertFalse(self.case.activity_ids)
        line = self._receivable(self.invoice)
        self.assertEqual((line.date_maturity, line.collection_tier_id.code), (due, "moderate"))

    def test_new_overdue_item_is_chased_beside_the_plan(self):
        self._performing()
        self._overdue_invoice(3, 50.0)
        self._night(0)
        self.assertEqual(self.case.amount_to_collect, 50.0)
        self.assertEqual(self.case.stage, "first")
        self.assertTrue(self.case.activity_ids)

    def test_paid_in_time_to_the_end(self):
        plan = self._performing()
        for days, amount, state in [
            (13, 1000.0, "performing"), (40, 1500.0, "performing"), (60, 500.0, "completed"),
        ]:
            self._pay(self.invoice, amount=amount,
                      payment_date=self.TODAY + timedelta(days=days))
            self._night(days + 5)
            self.assertEqual(plan.state, state)
        self.assertEqual(self.case.close_reason, "paid")
        self.assertEqual(plan.line_ids.mapped("state"), ["paid"] * 3)

    def test_broken_after_grace_resumes_at_true_days(self):
        """First payment by Friday 2025-10-10; three working days later is Wednesday."""
        plan = self._performing()
        self._night(15)
        self.assertEqual(plan.state, "performing")
        self._night(16)
        self.assertEqual(plan.state, "broken")
        self.assertEqual(self.case.amount_to_collect, 3000.0)
        self.assertEqual(self.case.stage, "midterm")
        self.assertIn(
            "Broken", " ".join(self.case.activity_ids.filtered("summary").mapped("summary"))
        )
        self.assertTrue(self.case.case_step_ids)

    def test_part_payment_leaves_less_in_the_plan(self):
        self._performing()
        self._pay(self.invoice, amount=1200.0)
        self.assertEqual(self.case.amount_planned, 1800.0)
        self.assertEqual(self.case.amount_to_collect, 0.0)

    def test_agreement_is_printed(self):
        plan = self._performing(annual_rate=6.0)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "debt_collection.collection_plan_report", plan.ids
        )[0].decode()
        for text in (self.partner_a.name, self.invoice.name, "1,015.00", "3,000.00"):
            self.assertIn(text, html)
