from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..assessment.assessment_common import MONTH, AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCashReport(AssessmentCommon):
    """Every screen and report says the same of whose cash it is (P5.1).

    September with a handover on the 10th: the collector brings in 1,000 before it, the other
    2,000 after it. Besides: a payment with 20 written off inside, a credit note, a write-off,
    cash in time, cash on an item that nobody owned, and cash of August.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False
        moved, kept, nobody = (cls._partner(name) for name in ("Moved", "Kept", "Nobody's"))
        big = cls._invoice("2025-08-01", 10000, moved)
        case = cls._case(big, cls.collector)
        small = cls._invoice("2025-08-20", 1000, kept)
        cls._case(small, cls.collector, "2025-08-25")
        cls._pay_on(big, "2025-08-28", 500)
        cls._pay_on(big, "2025-09-09", 1000)
        with freeze_time("2025-09-10 09:00:00"):
            case.user_id = cls.other
        cls._pay_on(big, "2025-09-10", 2000)
        cls._pay_on(
            small, "2025-09-03", 980, payment_difference_handling="reconcile",
            writeoff_account_id=cls.company_data["default_account_expense"].id,
        )
        cls._pay_on(cls._invoice("2025-09-20", 300, kept), "2025-09-15")
        cls._write_off(big, "2025-09-16", 400)
        with freeze_time("2025-09-17 10:00:00"):
            credit = cls.env["account.move"].create({
                "move_type": "out_refund", "partner_id": moved.id,
                "invoice_date": "2025-09-17", "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Return", "price_unit": 250.0, "tax_ids": []})
                ],
            })
            credit.action_post()
        (cls._receivable(big) + cls._receivable(credit)).reconcile()
        cls._pay_on(cls._invoice("2025-09-01", 70, nobody), "2025-09-22")
        cls.expected = {cls.collector.id: 1980.0, cls.other.id: 2000.0, False: 70.0, None: 4050.0}

    def setUp(self):
        super().setUp()
        clock = freeze_time("2025-09-30 12:00:00")
        clock.start()
        self.addCleanup(clock.stop)

    def test_one_definition(self):
        self.assertEqual(
            self.env["collection.case"]._get_cash_by_collector(
                self.company, MONTH, date(2025, 10, 1)),
            self.expected,
        )

    def test_all_screens_and_reports_agree(self):
        self._assess()
        users = {user.id: user for user in (self.collector, self.other, self.manager)}
        plans = self.env["collection.target"].create([
            {"kind": "amount", "value": 100, "month": MONTH, "company_id": self.company.id,
             "user_id": user_id or False}
            for user_id in (self.collector.id, self.other.id, None)
        ])
        report = self.env["collection.progress.report"].sudo().create(
            self.env["collection.progress.report"].sudo()._prepare_report_vals(
                self.company, "month", MONTH, date(2025, 9, 30), date(2025, 10, 1))
        )
        board = self.env["collection.dashboard"].with_user(self.manager).get_dashboard()
        for user_id, amount in self.expected.items():
            if user_id is False:
                continue
            user = users.get(user_id)
            viewer = user or self.manager
            plan = plans.filtered(lambda own, user_id=user_id: own.user_id.id == (user_id or False))
            figures = {
                "assessment": self._figure(MONTH, user, "recovery").numerator,
                "collection plan": plan.with_user(viewer).amount_done,
                "my day or team": self.env["collection.case"].with_user(viewer)
                .get_day_progress(team=not user)["collected"]["amount"],
                "dashboard": self.env["collection.dashboard"].with_user(viewer)
                .get_dashboard()["collected"]["amount"],
                "progress report": report.line_ids.filtered(
                    lambda line, user=user: line.user_id == user).amount_collected
                if user else report.amount_collected,
                "cash report": sum(self.env["collection.cash.report"].with_user(viewer).search([
                    ("date", ">=", MONTH),
                    *([("user_id", "=", user.id)] if user else []),
                ]).mapped("amount")),
            }
            rows = [row for row in board["collectors"] if row["user_id"] == user_id]
            if rows:
                figures["dashboard's collectors"] = rows[0]["collected_amount"]
            self.assertEqual(figures, dict.fromkeys(figures, amount), user and user.login)
        self.assertEqual(report.amount_collected_month, 4050.0)
        self.assertEqual(report.line_ids.filtered(lambda line: not line.user_id).amount_collected,
                         70.0)

    def test_plan_of_a_collector_without_one(self):
        """The team's plan is no single collector's: every screen says there is none."""
        self.env["collection.target"].create([
            {"kind": "amount", "value": value, "month": MONTH, "company_id": self.company.id,
             "user_id": user and user.id}
            for value, user in ((900, False), (500, self.other))
        ])
        for user, team, expected in (
            (self.collector, False, 0), (self.other, False, 500), (self.manager, True, 900),
        ):
            with self.subTest(user=user.login):
                day = self.env["collection.case"].with_user(user).get_day_progress(team=team)
                self.assertEqual(day["collected"]["target"], expected)
                board = self.env["collection.dashboard"].with_user(user).get_dashboard()
                self.assertEqual(board["collected"]["target"], expected)

    def test_collectors_do_not_see_the_teams_cash(self):
        day = self.env["collection.case"].with_user(self.collector).get_day_progress(team=True)
        self.assertEqual(day["collected"]["amount"], 1980.0)
        rows = self.env["collection.cash.report"].with_user(self.collector).search([])
        self.assertEqual(set(rows.sudo().user_id), {self.collector})
        with self.assertRaises(AccessError):
            self.env["collection.cash.report"].with_user(
                self._role_user("cash_sales", "sales")).search([])
        elsewhere = self._role_user(
            "cash_elsewhere", "manager", self.setup_other_company()["company"])
        self.assertFalse(self.env["collection.cash.report"].with_user(elsewhere).search([]))

    def test_payment_behind_a_row(self):
        row = self.env["collection.cash.report"].with_user(self.manager).search(
            [("date", "=", "2025-09-03")])
        self.assertRecordValues(row, [{"amount": 980.0, "tier_code": "mild"}])
        action = row.sudo().action_open_payment()
        self.assertEqual(action["res_model"], "account.payment")
