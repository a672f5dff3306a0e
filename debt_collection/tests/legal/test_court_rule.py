from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.debt_collection.tools.court import Hearing, find_problem

TODAY = date(2026, 11, 28)
FINE = {
    "filed": "2026-03-02", "evidence": "2026-04-01", "order": "2026-03-10",
    "order_end": "2027-03-10", "judgment": "2026-06-15", "appeal_end": "2026-06-30",
    "enforcement": "2026-08-01", "enforcement_end": "2028-06-30",
}


@tagged("post_install", "-at_install", "debt_collection")
class TestCourtRule(BaseCase):
    """What happens in court happens one after the other, and not in the future."""

    def _find(self, hearings=(), **dates):
        merged = {
            name: value and date.fromisoformat(value) for name, value in {**FINE, **dates}.items()
        }
        return find_problem(
            merged, [Hearing(date.fromisoformat(day), *rest) for day, *rest in hearings], TODAY
        )

    def test_dates(self):
        for dates, problem in [
            ({}, None),
            ({"filed": "2026-11-29", "evidence": None, "judgment": None, "enforcement": None,
              "order": None}, ("future", "filed", "")),
            ({"judgment": "2026-11-29", "enforcement": None}, ("future", "judgment", "")),
            ({"enforcement": "2026-11-29"}, ("future", "enforcement", "")),
            ({"order": "2026-11-29"}, ("future", "order", "")),
            ({"judgment": "2026-03-01", "evidence": None}, ("order", "filed", "judgment")),
            ({"evidence": "2026-03-01"}, ("order", "filed", "evidence")),
            # A court may decide before its own last day for evidence, by consent.
            ({"evidence": "2026-06-16"}, None),
            ({"appeal_end": "2026-06-14"}, ("order", "judgment", "appeal_end")),
            ({"enforcement": "2026-06-14"}, ("order", "judgment", "enforcement")),
            ({"enforcement_end": "2026-06-14"}, ("order", "judgment", "enforcement_end")),
            ({"order_end": "2026-03-09"}, ("order", "order", "order_end")),
            # Assets are kept in place before the claim, but not long before.
            ({"order": "2026-01-31"}, None),
            ({"order": "2026-01-30"}, ("order", "filed", "order")),
            # Deadlines may lie ahead.
            ({"appeal_end": "2027-01-01", "order_end": "2028-01-01"}, None),
            ({"filed": "2026-11-28", "evidence": "2026-12-20", "order": None, "order_end": None,
              "judgment": None, "enforcement": None}, None),
        ]:
            with self.subTest(dates=dates):
                found = self._find(**dates)
                self.assertEqual(found and tuple(found), problem)

    def test_hearings(self):
        for hearing, problem in [
            (("2026-05-01", True), None),
            (("2026-06-15", True), None),
            (("2026-06-16", True), ("order", "hearing", "judgment")),
            (("2026-03-01", True), ("order", "filed", "hearing")),
            (("2026-11-29", True, True), ("future", "hearing", "")),
            (("2026-12-15", False, True), None),
            (("2026-06-14", True, True), ("order", "judgment", "hearing")),
            (("2026-10-01", True, True), None),
        ]:
            with self.subTest(hearing=hearing):
                found = self._find([hearing])
                self.assertEqual(found and tuple(found), problem)
