from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ...tools.money_matching import Customer, Item, Matcher, Receipt, name_ratio, plain_name
from .money_corpus import TODAY, make_corpus

DUE = date(2026, 11, 2)


def items(*amounts, customer=1, start=1, **more):
    return [
        Item(key, customer, f"INV/2026/{key:05d}", amount, DUE + timedelta(days=key), **more)
        for key, amount in enumerate(amounts, start)
    ]


@tagged("post_install", "-at_install", "debt_collection")
class TestMoneyMatchingRule(BaseCase):
    """Bank lines find their invoices, with reasons; amounts are cents."""

    def _first(self, amount, open_items, text="", payer="", account="", customers=None):
        customers = customers or [Customer(1, ("Harbour Tools Ltd",), ("DE99",)),
                                  Customer(2, ("Northern Foods GmbH",))]
        found = Matcher(open_items, customers).propose(
            Receipt(1, amount, TODAY, text, payer, account)
        )
        return found[0] if found else None

    def test_corpora(self):
        for seed in (20261202, 1, 2):
            with self.subTest(seed=seed):
                self._check_corpus(seed)

    def _check_corpus(self, seed):
        open_items, customers, lines = make_corpus(seed)
        matcher = Matcher(open_items, customers)
        sure = right = planted = 0
        for receipt, expected in lines:
            planted += bool(expected)
            found = matcher.propose(receipt)
            if found and found[0].is_sure:
                sure += 1
                best = found[0]
                right += expected == (best.customer, frozenset(key for key, _part in best.parts))
        self.assertGreater(planted, 500)
        self.assertGreaterEqual(right / sure, 0.99)
        self.assertGreaterEqual(right / planted, 0.85)

    def test_number_and_amount(self):
        found = self._first(10_000, items(10_000, 20_000), "Invoice INV-2026-1", "HARBOUR TOOLS")
        self.assertEqual((found.customer, found.parts, found.difference), (1, ((1, 10_000),), 0))
        self.assertTrue(found.is_sure)
        self.assertEqual(found.why, ("number", "name", "exact"))

    def test_sum_of_all_and_of_some(self):
        found = self._first(60_000, items(10_000, 20_000, 30_000), payer="Harbour Tools Limited")
        self.assertEqual((found.why[-1], found.is_sure), ("all", True))
        found = self._first(40_000, items(10_000, 21_000, 30_000), account="DE 99")
        self.assertEqual((found.parts, found.is_sure), (((1, 10_000), (3, 30_000)), True))
        self.assertEqual(found.why, ("account", "sum"))

    def test_sums_that_may_be_others_are_not_sure(self):
        found = self._first(30_000, items(10_000, 20_000, 30_000), account="DE99")
        self.assertFalse(found.is_sure)
        found = self._first(10_000, items(10_000, 10_000), account="DE99")
        self.assertFalse(found.is_sure)

    def test_short_payments(self):
        for amount, more, reason in (
            (99_998, {}, "rounding"), (100_002, {}, "rounding"), (98_500, {}, "charge"),
            (98_000, {"discount": 2_000, "discount_until": TODAY}, "discount"),
            (98_000, {"discount": 2_000, "discount_until": TODAY - timedelta(days=30)}, "charge"),
            (50_000, {}, "part"),
        ):
            with self.subTest(amount=amount, more=more):
                found = self._first(
                    amount, items(100_000, **more), "INV/2026/00001", "Harbour Tools Ltd"
                )
                self.assertEqual(found.why[-1], reason)
                self.assertEqual(found.difference, amount - 100_000)
                self.assertTrue(found.is_sure)

    def test_number_of_one_and_account_of_another(self):
        open_items = items(10_000) + items(10_000, customer=2, start=2)
        found = self._first(10_000, open_items, "INV/2026/00002", account="DE99")
        self.assertEqual((found.customer, found.parts), (2, ((2, 10_000),)))

    def test_longer_number_is_another_one(self):
        open_items = items(10_000)
        found = self._first(10_000, open_items, "INV/2026/000011")
        self.assertFalse(found and found.is_sure)

    def test_amount_alone_is_never_sure(self):
        found = self._first(12_345, items(12_345), "thanks", "Somebody Else")
        self.assertFalse(found.is_sure)
        self.assertIsNone(self._first(77_777, items(12_345), "thanks", "Somebody Else"))

    def test_names_much_alike_are_not_sure(self):
        customers = [Customer(1, ("Harbour Tools Ltd",)), Customer(2, ("Harbour Tools LLC",))]
        open_items = items(10_000) + items(10_000, customer=2, start=2)
        found = self._first(10_000, open_items, payer="Harbour Tools", customers=customers)
        self.assertFalse(found.is_sure)

    def test_nothing_came_in(self):
        self.assertIsNone(self._first(0, items(10_000), "INV/2026/00001"))
        self.assertIsNone(self._first(-10_000, items(10_000), "INV/2026/00001"))

    def test_many_items_take_no_time(self):
        found = self._first(
            1_234_567, items(*(100_003 + 7 * number for number in range(400))), account="DE99"
        )
        self.assertFalse(found and found.is_sure)

    def test_names(self):
        for one, other, least, most in (
            ("Harbour Tools Ltd", "HARBOUR TOOLS LIMITED", 1, 1), ("Müller GmbH", "Muller", 1, 1),
            ("上海明达贸易有限公司", "上海明达贸易", 1, 1),
            ("Tools Harbour", "Harbour Tools", 0.9, 1),
            ("Northern Foods and Beverages", "Northern Foods and B", 0.9, 1),
            ("Harbour Tools", "Harbor Tools", 0.88, 1), ("Harbour Tools", "Northern Foods", 0, 0.6),
        ):
            with self.subTest(one=one, other=other):
                ratio = name_ratio(plain_name(one), plain_name(other))
                self.assertGreaterEqual(ratio, least)
                self.assertLessEqual(ratio, most)
