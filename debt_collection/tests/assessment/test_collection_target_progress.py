from freezegun import freeze_time

from odoo.tests import tagged

from .assessment_common import AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionTargetProgress(AssessmentCommon):
    """The collection plan: what came in, the pace, and what is still needed (P2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False
        cls.invoice = cls._invoice("2025-08-01", 10000, cls._partner())
        cls._case(cls.invoice, cls.collector)
        not_due = cls._invoice("2025-12-01", 500, cls.invoice.partner_id)
        cls._pay_on(not_due, "2025-09-02")
        cls._pay_on(cls.invoice, "2025-09-03", 2200)
        cls.plan, cls.common, cls.rate = cls.env["collection.target"].create([
            {"kind": kind, "value": value, "month": "2025-09-01", "user_id": user and user.id,
             "company_id": cls.company.id}
            for kind, value, user in (
                ("amount", 6600, cls.collector), ("amount", 2200, False),
                ("recovery", 50, cls.collector),
            )
        ])

    def test_progress(self):
        """September 2025 has 22 working days, of which 11 are before the 16th."""
        for day, gone, left, pace, needed in [
            ("2025-09-16", 11, 11, 4400, 400),
            ("2025-09-01", 0, 22, 2200, 200),
            ("2025-10-02", 22, 0, 2200, 4400),
        ]:
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                self.plan.invalidate_recordset()
                self.assertEqual(gone + left, 22)
                self.assertRecordValues(self.plan, [{
                    "amount_done": 2200.0, "progress": 33.33, "days_left": left,
                    "amount_run_rate": pace, "amount_per_day": needed,
                }])
        self.assertRecordValues(self.common, [{"amount_done": 2200.0, "progress": 100.0,
                                               "amount_per_day": 0.0}])
        self.assertRecordValues(self.rate, [{"amount_done": 0.0, "progress": 0.0}])

    def test_collectors_see_their_own_progress(self):
        with freeze_time("2025-09-16 10:00:00"):
            own = self.env["collection.target"].with_user(self.collector).search(
                [("kind", "=", "amount"), ("user_id", "=", self.collector.id)])
            self.assertEqual(own.amount_done, 2200.0)
