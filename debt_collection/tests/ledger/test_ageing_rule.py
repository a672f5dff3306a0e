from datetime import date

from odoo.tests import BaseCase, tagged

from ...tools import ageing

LADDER = [("mild", 1, 30), ("moderate", 31, 60), ("severe", 61, 0)]


@tagged("post_install", "-at_install", "debt_collection")
class TestAgeingRule(BaseCase):
    def test_days_and_tier(self):
        """Due dates as of 2025-09-30."""
        for due, days, tier in [
            (date(2025, 10, 1), 0, None),
            (date(2025, 9, 30), 0, None),
            (date(2025, 9, 29), 1, "mild"),
            (date(2025, 8, 31), 30, "mild"),
            (date(2025, 8, 30), 31, "moderate"),
            (date(2025, 8, 1), 60, "moderate"),
            (date(2025, 7, 31), 61, "severe"),
            (date(1900, 1, 1), 45928, "severe"),
            (None, 0, None),
        ]:
            with self.subTest(due=due):
                self.assertEqual(ageing.days_overdue(date(2025, 9, 30), due), days)
                self.assertEqual(ageing.tier_of(days, LADDER), tier)

    def test_ladder(self):
        for bands, kinds in [
            ([("A", 1, 30), ("B", 31, 0)], []),
            ([("B", 31, 0), ("A", 1, 30)], []),
            ([], []),
            ([("A", 1, 0)], []),
            ([("A", 2, 0)], ["start"]),
            ([("A", 1, 30), ("B", 32, 0)], ["gap"]),
            ([("A", 1, 31), ("B", 31, 0)], ["overlap"]),
            ([("A", 1, 0), ("B", 31, 0)], ["open"]),
            ([("A", 1, 30), ("B", 31, 60)], ["closed"]),
            ([("A", 1, 30), ("B", 31, 20), ("C", 61, 0)], ["reversed", "gap"]),
        ]:
            with self.subTest(bands=bands):
                self.assertEqual([kind for kind, *_ in ageing.check_ladder(bands)], kinds)
