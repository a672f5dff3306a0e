from datetime import date

from odoo.tests import BaseCase, tagged

from ...tools.limitation import Rule, limitation, warning_level

CHINA = Rule(3, "due", True, True, True, True)
ENGLAND = Rule(6, "due", False, True, True, True)
GERMANY = Rule(3, "year_end", False, True, True, True)


@tagged("post_install", "-at_install", "debt_collection")
class TestLimitationRule(BaseCase):
    """The last day on which a debt can be claimed (Civil Code 188, 195 and the like)."""

    def test_last_day_and_what_it_rests_on(self):
        for law, due, events, last_day, kind in [
            (CHINA, "2023-03-10", [], "2026-03-10", "due"),
            (CHINA, "2023-03-10", [("2025-05-20", "demand")], "2028-05-20", "demand"),
            (CHINA, "2024-02-29", [], "2027-02-28", "due"),
            (CHINA, "2021-02-28", [("2024-02-28", "payment")], "2027-02-28", "payment"),
            (CHINA, "2023-03-10", [("2024-02-29", "plan")], "2027-02-28", "plan"),
            (CHINA, "2023-03-10", [("2024-01-01", "acknowledgment"), ("2023-06-01", "demand")],
             "2027-01-01", "acknowledgment"),
            # On the last day it is in time, the day after nothing revives the debt.
            (CHINA, "2023-03-10", [("2026-03-10", "suit")], "2029-03-10", "suit"),
            (CHINA, "2023-03-10", [("2026-03-11", "suit")], "2026-03-10", "due"),
            (CHINA, "2023-03-10", [("2023-03-09", "demand")], "2026-03-10", "due"),
            (ENGLAND, "2023-03-10", [("2025-05-20", "demand")], "2029-03-10", "due"),
            (ENGLAND, "2023-03-10", [("2025-05-20", "acknowledgment")], "2031-05-20",
             "acknowledgment"),
            (ENGLAND, "2023-03-10", [("2025-05-20", "payment")], "2031-05-20", "payment"),
            (GERMANY, "2023-03-10", [], "2026-12-31", "due"),
            (GERMANY, "2023-12-31", [], "2026-12-31", "due"),
            (GERMANY, "2023-03-10", [("2024-05-20", "demand")], "2026-12-31", "due"),
            (GERMANY, "2023-03-10", [("2024-05-20", "payment")], "2027-05-20", "payment"),
        ]:
            with self.subTest(law=law, due=due, events=events):
                found = limitation(
                    law, date.fromisoformat(due),
                    [(date.fromisoformat(day), event) for day, event in events],
                )
                self.assertEqual((found.last_day.isoformat(), found.kind), (last_day, kind))

    def test_warning_levels(self):
        for days_left, level in [
            (181, 0), (180, 180), (61, 180), (60, 60), (31, 60), (30, 30), (0, 30), (-5, 30),
        ]:
            with self.subTest(days_left=days_left):
                self.assertEqual(warning_level(days_left, (180, 60, 30)), level)
