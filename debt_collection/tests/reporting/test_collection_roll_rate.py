from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..assessment.assessment_common import MONTH, AssessmentCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionRollRate(AssessmentCommon):
    """Of 200 mild at the end of August 50 are moderate a month later: 25 % (P5.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._partner()
        cls.items = cls._receivable(
            cls._invoice("2025-08-20", 50, cls.partner)
            | cls._invoice("2025-08-21", 100, cls.partner)
            | cls._invoice("2025-08-22", 50, cls.partner)
        )
        rolled, part, paid = cls.items
        cls._pay_on(part.move_id, "2025-09-05", 60)
        cls._pay_on(paid.move_id, "2025-09-06")
        cls.not_due = cls._invoice("2025-09-10", 300, cls.partner)
        cls._invoice("2025-09-29", 1000, cls.partner, invoice_date="2025-09-15")
        cls.snapshots = cls.env["collection.ageing.snapshot"]
        cls.snapshots._freeze(cls.company, MONTH)

    def _rates(self):
        return self.env["collection.roll.rate"].search([
            ("company_id", "=", self.company.id), ("month", "=", MONTH),
        ])

    def _rate(self, tier_from, tier_to, settled=False):
        return self._rates().filtered(lambda rate: (
            rate.tier_from, rate.tier_to, rate.is_settled) == (tier_from, tier_to, settled))

    def test_rates(self):
        for tier_from, tier_to, settled, count, amount in [
            # Of the second item 40 rolled on and 60 are settled; the third is settled whole.
            ("mild", "moderate", False, 2, 90.0),
            ("mild", False, True, 1, 110.0),
            (False, "mild", False, 1, 300.0),
            (False, False, True, 0, 0.0),
        ]:
            with self.subTest(tier_from=tier_from, tier_to=tier_to):
                rate = self._rate(tier_from, tier_to, settled)
                self.assertRecordValues(rate, [{
                    "item_count": count, "amount": amount,
                    "item_count_from": 3 if tier_from else 1,
                    "amount_from": 200.0 if tier_from else 300.0,
                }])
        self.assertEqual(len(self._rates()), 4)

    def test_items_behind(self):
        self.assertEqual(self._rate("mild", "moderate")._get_items(), self.items[:2])
        self.assertEqual(self._rate("mild", False, True)._get_items(), self.items[1:])
        self.assertEqual(
            self._rate(False, "mild")._get_items(), self._receivable(self.not_due))

    def test_frozen(self):
        self._pay_on(self.items[0].move_id, "2025-09-07")
        self.snapshots._freeze(self.company, MONTH)
        self.assertEqual(self._rate("mild", "moderate").amount, 90.0)

    def test_months_frozen_before_get_their_rates(self):
        self._rates().sudo().unlink()
        self.snapshots._freeze(self.company, MONTH)
        self.assertEqual(len(self._rates()), 4)

    def test_matrix(self):
        matrix, = self.env["collection.dashboard"]._get_roll(self.company, date(2025, 10, 5))
        self.assertEqual(matrix["month"], "2025-09-01")
        self.assertEqual(len(matrix["columns"]), 5)
        shares = {
            (row["name"], column): (cell["amount_share"], cell["count_share"])
            for row in matrix["rows"]
            for column, cell in zip(matrix["columns"], row["cells"], strict=True)
            if cell["id"]
        }
        not_due, mild, moderate, _severe, settled = matrix["columns"]
        self.assertEqual(shares, {
            (mild, moderate): (45.0, 66.67), (mild, settled): (55.0, 33.33),
            (not_due, mild): (100.0, 100.0), (not_due, settled): (0.0, 0.0),
        })

    def test_roles(self):
        for role, allowed in (("manager", True), ("finance", True), ("collector", False),
                              ("sales", False)):
            rates = self.env["collection.roll.rate"].with_user(
                self._role_user(f"roll_{role}", role))
            with self.subTest(role=role):
                if allowed:
                    self.assertEqual(len(rates.search([])), 4)
                    with self.assertRaises(AccessError):
                        rates.search([], limit=1).amount = 1
                else:
                    with self.assertRaises(AccessError):
                        rates.search([])
        elsewhere = self._role_user(
            "roll_elsewhere", "manager", self.setup_other_company()["company"])
        self.assertFalse(self.env["collection.roll.rate"].with_user(elsewhere).search([]))
