from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_collection_ageing_report import AgeingCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionPaymentHabit(AgeingCommon):
    """How late customers usually pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.habits = cls.env["collection.payment.habit"]

    def _habits(self, as_of=None):
        self.habits._measure(self.company, as_of or self.TODAY)
        return {
            habit.partner_id: (habit.days, habit.payment_count)
            for habit in self.habits.search([("company_id", "=", self.company.id)])
        }

    def _paid(self, late, amount, partner=None, ago=30):
        """An invoice paid so many days after its due date, so many days before today."""
        invoice = self._overdue_invoice(ago + late, amount, partner=partner)
        self._pay(invoice, payment_date=self.TODAY - timedelta(days=ago))
        return invoice

    def test_weighted_average(self):
        self._paid(10, 300.0)
        self._paid(30, 100.0)
        self._paid(-4, 50.0, partner=self.partner_b)
        self._paid(200, 10_000.0, ago=400)
        self._overdue_invoice(90, 5_000.0)
        self.assertEqual(
            self._habits(), {self.partner_a: (15.0, 2), self.partner_b: (-4.0, 1)}
        )

    def test_contacts_belong_to_the_company_and_write_offs_are_no_payments(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts Payable", "parent_id": self.partner_a.id}
        )
        self._paid(20, 100.0, partner=contact)
        invoice = self._overdue_invoice(300, 1_000.0)
        line = self._receivable(invoice)
        move = self.env["account.move"].create({"date": self.TODAY, "line_ids": [
            Command.create({"account_id": line.account_id.id, "balance": -1_000.0,
                            "partner_id": self.partner_a.id}),
            Command.create({"account_id": self.company_data["default_account_expense"].id,
                            "balance": 1_000.0}),
        ]})
        move.action_post()
        (line | self._receivable(move)).reconcile()
        self.assertEqual(self._habits(), {self.partner_a: (20.0, 1)})

    def test_again(self):
        """A second run writes nothing; who has not paid for a year has no habit any more."""
        self._paid(10, 100.0)
        self._habits()
        habit = self.habits.search([("company_id", "=", self.company.id)])
        self.env.cr.execute("SELECT xmin, ctid FROM collection_payment_habit WHERE id = %s",
                            (habit.id,))
        before = self.env.cr.fetchone()
        self._habits()
        self.env.cr.execute("SELECT xmin, ctid FROM collection_payment_habit WHERE id = %s",
                            (habit.id,))
        self.assertEqual(self.env.cr.fetchone(), before)
        self._paid(20, 100.0)
        self.assertEqual(self._habits(), {self.partner_a: (15.0, 2)})
        self.assertEqual(self._habits(self.TODAY + timedelta(days=400)), {})
        with self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.cron_payment_habit")
            self.assertIs(cron.method_direct_trigger(), True)

    def test_roles(self):
        self._paid(10, 100.0)
        self._paid(10, 100.0, partner=self.partner_b)
        self._overdue_invoice(5, 10.0)
        self._classify()
        self._habits()
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        case.user_id = self.collector
        for user, partners in [
            (self.collector, self.partner_a), (self.other_collector, self.env["res.partner"]),
            (self.finance, self.partner_a | self.partner_b),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(self.habits.with_user(user).search([]).partner_id, partners)
        with self.assertRaises(AccessError):
            self.habits.with_user(self.sales).search([])


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCashForecast(AgeingCommon):
    """Every open euro once, on the day it is expected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.forecast = cls.env["collection.cash.forecast"]
        cls.company.resource_calendar_id = False

    def _in(self, days):
        return self.TODAY + timedelta(days=days)

    def _rows(self, user=None):
        self.forecast.invalidate_model()
        rows = self.forecast.with_user(user or self.finance).search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(set(rows.ids)), len(rows))
        return sorted(
            (row.kind, row.date_expected or date.max, row.amount) for row in rows
        )

    def _case(self):
        self._classify()
        return self.env["collection.case"].search([
            ("company_id", "=", self.company.id), ("partner_id", "=", self.partner_a.id),
            ("stage", "!=", "closed"),
        ])

    def _promise(self, case, amount, days):
        return self.env["collection.promise"].with_user(self.manager).create({
            "case_id": case.id, "amount": amount, "date_made": self.TODAY,
            "date_promised": self._in(days),
        }).with_env(self.env)

    def _plan(self, case, items, *parts):
        plan = self.env["collection.plan"].with_user(self.manager).create({
            "case_id": case.id, "item_ids": [Command.set(items.ids)],
            "line_ids": [
                Command.create({"date_due": self._in(days), "amount": amount})
                for days, amount in parts
            ],
        })
        boss = self._role_user("forecast_boss", "manager")
        plan.with_user(boss).action_approve()
        plan.write({"accepted_by": "Ms Chen", "date_accepted": self.TODAY})
        plan.action_accept()
        self.env.flush_all()
        return plan

    def test_usual_delay(self):
        """Due date plus the customer's delay, else the company's; what is late comes today."""
        self.env["collection.payment.habit"].sudo().create({
            "company_id": self.company.id, "partner_id": self.partner_a.id, "days": 12.0,
            "amount": 100.0,
        })
        self._overdue_invoice(-20, 100.0)
        self._overdue_invoice(5, 50.0)
        self._overdue_invoice(30, 25.0)
        self._overdue_invoice(-1, 7.0, partner=self.partner_b)
        self.assertEqual(self._rows(), [
            ("item", self.TODAY, 25.0), ("item", self._in(7), 50.0), ("item", self._in(13), 7.0),
            ("item", self._in(32), 100.0),
        ])
        self.assertEqual(self.forecast.search([("is_late", "=", True)]).amount, 25.0)

    def test_promise_takes_the_oldest_items(self):
        self._overdue_invoice(40, 100.0)
        self._overdue_invoice(10, 80.0)
        self._overdue_invoice(-10, 60.0)
        promise = self._promise(self._case(), 130.0, 9)
        self.assertEqual(self._rows(), [
            ("item", self.TODAY, 50.0), ("item", self._in(10), 60.0),
            ("promise", self._in(9), 130.0),
        ])
        promise.sudo().kept_amount = 30.0
        self.assertIn(("promise", self._in(9), 100.0), self._rows())

    def test_promise_of_more_than_is_owed(self):
        self._overdue_invoice(40, 100.0)
        self._promise(self._case(), 500.0, 9)
        self.assertEqual(self._rows(), [("promise", self._in(9), 100.0)])

    def test_instalments_instead_of_their_items(self):
        planned = self._overdue_invoice(40, 300.0)
        self._overdue_invoice(-10, 60.0)
        plan = self._plan(
            self._case(), self._receivable(planned), (10, 100.0), (40, 100.0), (70, 100.0)
        )
        whole = [
            ("item", self._in(10), 60.0), ("plan", self._in(10), 100.0),
            ("plan", self._in(40), 100.0), ("plan", self._in(70), 100.0),
        ]
        self.assertEqual(self._rows(), whole)
        self._pay(planned, amount=130.0)
        plan._judge(self.TODAY)
        self.assertEqual(self._rows(), [whole[0], ("plan", self._in(40), 70.0), whole[3]])
        # A credit note is no instalment, but nobody owes more than the item.
        refund = self._overdue_invoice(0, 120.0, move_type="out_refund")
        (self._receivable(planned) | self._receivable(refund)).reconcile()
        self.assertEqual(self._rows(), [whole[0], ("plan", self._in(70), 50.0)])

    def test_promise_and_plan_of_one_case(self):
        """The promise takes the free item, then the next instalments; the sum is what is owed."""
        planned = self._overdue_invoice(40, 200.0)
        self._overdue_invoice(20, 50.0)
        case = self._case()
        self._plan(case, self._receivable(planned), (10, 100.0), (40, 100.0))
        self._promise(case, 120.0, 5)
        self.assertEqual(self._rows(), [
            ("plan", self._in(10), 30.0), ("plan", self._in(40), 100.0),
            ("promise", self._in(5), 120.0),
        ])
        self.assertEqual(sum(row[2] for row in self._rows()), 250.0)

    def test_contested_and_credits(self):
        contested = self._overdue_invoice(40, 100.0)
        self._overdue_invoice(-10, 60.0)
        self._overdue_invoice(3, 20.0, move_type="out_refund")
        case = self._case()
        self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": [Command.set(self._receivable(contested).ids)],
            "amount": 70.0, "reason": "Broken", "user_id": self.manager.id,
        })
        self.assertEqual(self._rows(), [
            ("credit", self.TODAY, -20.0), ("disputed", date.max, 70.0),
            ("item", self.TODAY, 30.0), ("item", self._in(10), 60.0),
        ])
        self.assertEqual(sum(row[2] for row in self._rows()), 140.0)

    def test_groups_by_week(self):
        self._overdue_invoice(-1, 100.0)
        self._overdue_invoice(-10, 60.0)
        groups = self.forecast.with_user(self.manager)._read_group(
            [], ["date_expected:week", "kind"], ["amount:sum"]
        )
        self.assertEqual([amount for _week, _kind, amount in groups], [100.0, 60.0])

    def test_roles_and_companies(self):
        self._overdue_invoice(10, 100.0)
        self._overdue_invoice(10, 30.0, partner=self.partner_b)
        case = self._case()
        case.user_id = self.collector
        self._promise(case, 40.0, 3)
        other = self._create_company(name="Forecast Elsewhere")
        self.env.user.company_ids |= other
        self._overdue_invoice(10, 999.0, company=other)
        for user, total in [
            (self.collector, 100.0), (self.other_collector, 30.0), (self.manager, 130.0),
            (self.finance, 130.0),
        ]:
            with self.subTest(user=user.login):
                rows = self.forecast.with_user(user).search([])
                self.assertEqual(sum(rows.mapped("amount")), total)
        with self.assertRaises(AccessError):
            self.forecast.with_user(self.sales).search([])
