from datetime import date, datetime, timedelta
from unittest import TestCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from ...tools.periods import last_month, last_week
from ..base.common import CollectionCommon


class TestPeriods(TestCase):
    """Which week and month are over on a day."""

    def test_periods(self):
        for today, week, month in [
            (date(2025, 9, 29), (22, 28), date(2025, 8, 1)),  # a Monday
            (date(2025, 9, 28), (15, 21), date(2025, 8, 1)),  # a Sunday is not over
            (date(2025, 10, 1), (22, 28), date(2025, 9, 1)),
            (date(2025, 1, 1), (23, 29), date(2024, 12, 1)),
        ]:
            with self.subTest(today=today):
                start, end = last_week(today)
                self.assertEqual((start.day, end.day, start.weekday()), (*week, 0))
                self.assertEqual((end - start).days, 6)
                first, last = last_month(today)
                self.assertEqual(first, month)
                self.assertEqual(last, (month + timedelta(days=31)).replace(day=1)
                                 - timedelta(days=1))


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionProgressReport(MailCase, CollectionCommon):
    """The week's figures, frozen, once, and sent to the manager (P2.1, P2.2).

    ``TODAY`` is Tuesday 2025-09-30; the last week is 22–28 September.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("report_collector", "collector")
        cls.manager = cls._role_user("report_manager", "manager")
        cls.manager.email = "manager@report.example"
        cls.company.collection_policy_id.write({
            "user_id": cls.collector.id, "manager_id": cls.manager.id,
        })
        cls.start, cls.end = date(2025, 9, 22), date(2025, 9, 28)

    def _case(self, days, amount=100.0, opened=0):
        """A case opened some days before the end of the week."""
        partner = self.env["res.partner"].create({"name": f"Report {days}"})
        invoice = self._overdue_invoice(days, amount, partner=partner)
        self._classify()
        case = invoice.collection_case_id
        case.user_id = self.collector
        case.sudo().date_open = self.end - timedelta(days=opened)
        case.sudo().assignment_period_ids.date_from = case.date_open
        return case

    def _generate(self, today=None, kinds=("week",)):
        return self.env["collection.progress.report"]._generate(
            self.company, today or self.TODAY, kinds
        )

    def _reports(self):
        return self.env["collection.progress.report"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_figures_of_a_week(self):
        # 12 days overdue on Tuesday: 3 on the day before the week, so mild at both ends.
        paid = self._case(12, 100.0, opened=9)
        self._pay(paid.line_ids.move_id, amount=30.0, payment_date=date(2025, 9, 24))
        self._pay(paid.line_ids.move_id, amount=5.0, payment_date=date(2025, 9, 29))
        self._pay(paid.line_ids.move_id, amount=10.0, payment_date=date(2025, 9, 20))
        # 33 days overdue on Tuesday: 24 (mild) before the week, 31 (moderate) at its end.
        moved = self._case(33, 200.0, opened=3)
        closed = self._case(20, 50.0, opened=20)
        closed.sudo().write({"stage": "closed", "close_reason": "cancelled",
                             "date_closed": self.end})
        for day, outcome in [(21, "reached"), (22, "no_answer"), (28, "promised"),
                             (29, "reached")]:
            self.env["collection.activity"].create({
                "case_id": paid.id, "outcome": outcome, "state": "confirmed",
                "user_id": self.collector.id, "date": datetime(2025, 9, day, 12),
                "feedback": "Talked",
            })
        for made, promised, state in [(20, 23, "kept"), (22, 25, "broken"), (23, 26, "partial"),
                                      (24, 30, "open")]:
            self.env["collection.promise"].sudo().create({
                "case_id": moved.id, "amount": 10.0, "user_id": self.collector.id,
                "date_made": date(2025, 9, made), "date_promised": date(2025, 9, promised),
                "state": state,
            })
        step = self.company.collection_policy_id.step_ids[:1]
        self.env["collection.case.step"].sudo().create([
            {
                "case_id": moved.id, "step_id": step.id, "cycle": cycle,
                "state": "done" if done else "planned", "user_id": self.collector.id,
                "date_due": self.start, "date_planned": self.start,
                "date_deadline": date(2025, 9, deadline),
                "date_done": done and date(2025, 9, done),
            }
            # in time; late; not done; done on time but due after the week
            for cycle, (deadline, done) in enumerate(
                [(24, 24), (24, 25), (25, False), (30, 26)], 10
            )
        ])
        report = self._generate()
        expected = {
            "amount_collected": 30.0, "case_opened_count": 1, "case_closed_count": 1,
            "case_open_count": 2, "contact_count": 2, "reached_count": 1,
            "promise_made_count": 3, "promise_kept_count": 1, "promise_broken_count": 2,
            "step_done_count": 3, "step_late_count": 2,
        }
        self.assertRecordValues(report, [{
            **expected, "date_from": self.start, "date_to": self.end, "kind": "week",
            "amount_collected_month": 40.0,
        }])
        self.assertRecordValues(report.line_ids, [{"user_id": self.collector.id, **expected}])
        tiers = {tier.tier_code: tier for tier in report.tier_ids}
        # The day before the week: 90 + 200 + 50 mild; at its end: 60 + 50 mild, 200 moderate.
        self.assertEqual(
            {code: (tier.amount_start, tier.amount_end) for code, tier in tiers.items()},
            {"mild": (340.0, 110.0), "moderate": (0.0, 200.0), "severe": (0.0, 0.0)},
        )
        self.assertEqual(
            (report.amount_overdue_start, report.amount_overdue_end), (340.0, 310.0)
        )

    def test_superiors_who_are_no_users(self):
        self._case(12)
        director = self.env["res.partner"].create(
            {"name": "Director", "email": "director@report.example"}
        )
        self.company.collection_superior_ids = director
        with self.mock_mail_gateway():
            report = self._generate()
        self.assertEqual(report.superior_ids, director)
        mail = self.env["mail.mail"].sudo().search([
            ("model", "=", report._name), ("res_id", "=", report.id),
        ])
        self.assertEqual(mail.recipient_ids, director | self.manager.partner_id)

    def test_once_and_frozen(self):
        case = self._case(40)
        report = self._generate()
        self.assertFalse(self._generate())
        self._pay(case.line_ids.move_id, payment_date=self.end)
        self.assertFalse(self._generate(self.TODAY + timedelta(days=1)))
        self.assertEqual(report.amount_collected, 0)
        with self.assertRaisesRegex(UserError, "are kept"):
            report.with_user(self.manager).amount_collected = 1
        report.with_user(self.manager).note = "A quiet week"
        again = self._generate(self.TODAY + timedelta(days=7))
        self.assertEqual(again.date_from, self.end + timedelta(days=1))
        self.assertEqual(len(self._reports()), 2)

    def test_sent_once_to_the_manager(self):
        self._case(40, 250.0)
        with self.mock_mail_gateway():
            report = self._generate()
            self._generate()
            self.env.flush_all()
        mails = self._new_mails.filtered(lambda mail: mail.res_id == report.id)
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails.recipient_ids, self.manager.partner_id)
        self.assertIn("250.00", mails.body_html)
        self.assertEqual(report.manager_ids, self.manager)

    def test_week_and_month(self):
        self._case(40)
        reports = self._generate(date(2025, 10, 1), ("week", "month"))
        self.assertRecordValues(reports.sorted("kind"), [
            {"kind": "month", "date_from": date(2025, 9, 1), "date_to": date(2025, 9, 30)},
            {"kind": "week", "date_from": self.start, "date_to": self.end},
        ])

    def test_job_reports_each_company_with_cases(self):
        self._create_company(name="Without Cases")
        self._case(40)
        cron = self.env.ref("debt_collection.cron_progress_report")
        with self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertEqual(sorted(self._reports().mapped("kind")), ["month", "week"])
        self.assertFalse(self.env["collection.progress.report"].sudo().search(
            [("company_id.name", "=", "Without Cases")]))

    def test_managers_of_the_company_read_it(self):
        self._case(40)
        report = self._generate()
        self.assertTrue(report.with_user(self.manager).read(["amount_collected"]))
        other = self._create_company(name="Second Company")
        for user in (self.collector, self._role_user("report_finance", "finance"),
                     self._role_user("report_abroad", "manager", other)):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                report.with_user(user).read(["amount_collected"])

    def test_button_makes_it_now(self):
        self._case(40)
        reports = self.env["collection.progress.report"].with_user(self.manager)
        reports.action_make_last()
        self.assertEqual(len(self._reports()), 2)
        with self.assertRaises(AccessError):
            reports.with_user(self.collector).action_make_last()

    def test_printed(self):
        self._case(40, 250.0)
        report = self._generate()
        report.note = "A quiet week"
        html, _kind = self.env["ir.actions.report"].with_user(self.manager)._render_qweb_html(
            "debt_collection.report_progress", report.ids
        )
        for text in (b"250.00", b"A quiet week", self.collector.name.encode()):
            self.assertIn(text, html)
