from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..assessment.assessment_common import AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseOwnerHistory(AssessmentCommon):
    """Who owned a case from when to when, whichever way it changed."""

    def _periods(self, case):
        return [
            (period.user_id, period.date_from, period.date_to, period.amount_handover)
            for period in case.assignment_period_ids.sorted("id")
        ]

    def test_from_opening_to_closing(self):
        invoice = self._invoice("2025-08-01", 10000, self._partner())
        case = self._case(invoice, self.collector)
        self._pay_on(invoice, "2025-09-05", 3000)
        with freeze_time("2025-09-10 09:00:00"):
            case.user_id = self.other
        self._pay_on(invoice, "2025-09-20")
        self.assertEqual(case.stage, "closed")
        self.assertEqual(self._periods(case), [
            (self.collector, date(2025, 8, 15), date(2025, 9, 10), 10000.0),
            (self.other, date(2025, 9, 10), date(2025, 9, 21), 7000.0),
        ])
        with freeze_time("2025-09-25 09:00:00"):
            case.action_reopen()
        self.assertEqual(
            self._periods(case)[2], (self.other, date(2025, 9, 25), False, 0.0)
        )

    def test_without_collector_there_is_no_period(self):
        invoice = self._invoice("2025-08-01", 100, self._partner())
        self.company.collection_policy_id.user_id = False
        case = self._case(invoice)
        self.assertFalse(case.assignment_period_ids)
        with freeze_time("2025-09-10 09:00:00"):
            case.user_id = self.other
            case.user_id = False
            case.user_id = self.collector
        current = case.assignment_period_ids.filtered(lambda period: not period.date_to)
        self.assertEqual((current.user_id, current.date_from), (self.collector, date(2025, 9, 10)))

    def test_new_cases_cost_the_same_however_many(self):
        counts = []
        for size in (1, 20):
            for number in range(size):
                self._invoice("2025-08-01", 100, self._partner(f"{size} {number}"))
            self.company.collection_policy_id.user_id = self.collector
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._classify(date(2025, 8, 15))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertEqual(self.env["collection.case.assignment.period"].search_count(
            [("company_id", "=", self.company.id), ("user_id", "=", self.collector.id)]), 21)

    def test_cases_from_before(self):
        """What an update finds gets its period once, from the day the case was opened."""
        invoice = self._invoice("2025-08-01", 100, self._partner())
        case = self._case(invoice, self.collector)
        self.env.cr.execute("DELETE FROM collection_case_assignment_period")
        self.env.invalidate_all()
        periods = self.env["collection.case.assignment.period"]
        periods._begin()
        periods._begin()
        self.assertEqual(
            self._periods(case), [(self.collector, date(2025, 8, 15), False, 0.0)]
        )

    def test_collectors_do_not_hand_over_cases(self):
        """Figures follow the case: who is measured by it does not move it."""
        case = self._case(self._invoice("2025-08-01", 100, self._partner()), self.collector)
        case.with_user(self.collector).write({"user_id": self.collector.id})
        with self.assertRaisesRegex(AccessError, "Only a collection manager"):
            case.with_user(self.collector).user_id = self.other
        case.with_user(self.manager).user_id = self.other
        self.assertEqual(case.user_id, self.other)

    def test_roles(self):
        case = self._case(self._invoice("2025-08-01", 100, self._partner()), self.collector)
        period = case.assignment_period_ids
        self.assertTrue(period.with_user(self.collector).has_access("read"))
        self.assertFalse(period.with_user(self.other).has_access("read"))
        with self.assertRaises(AccessError):
            period.with_user(self.manager).date_from = "2025-01-01"
