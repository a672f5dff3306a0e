from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.position import Item, get_positions, share_of, spread

UNIT = Decimal("0.01")
# The machine may be busy: what counts is what is found, not how fast.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PRECISIONS = {"USD": UNIT, "EUR": UNIT}
amounts = st.integers(0, 500_00).map(lambda cents: Decimal(cents) / 100)


@st.composite
def _items(draw):
    currency = draw(st.sampled_from(["USD", "EUR"]))
    own = draw(amounts) + UNIT
    company = own if currency == "USD" else draw(amounts) + UNIT
    return Item(currency, own, company, min(draw(amounts), company), draw(st.booleans()))


by_currency = st.dictionaries(st.sampled_from(["USD", "EUR"]), amounts)


@tagged("post_install", "-at_install", "debt_collection")
class TestPositionRule(BaseCase):
    """Each amount is taken off once, oldest first, in each currency by its own amounts."""

    def _one(self, items, way=None, credits=None, promises=None):
        return get_positions(
            items, way or {}, credits or {}, promises or {}, "USD", PRECISIONS
        )

    def test_spread_is_oldest_first(self):
        self.assertEqual(spread(Decimal(7), [Decimal(5), Decimal(0), Decimal(4)]),
                         [Decimal(5), Decimal(0), Decimal(2)])

    def test_disputed_item_stays_out_and_credit_covers_the_other(self):
        position = self._one(
            [Item("USD", Decimal(1000), Decimal(1000), Decimal(1000)),
             Item("USD", Decimal(600), Decimal(600))],
            credits={"USD": Decimal(700)},
        )["USD"]
        self.assertEqual(
            (position.overdue, position.disputed, position.credits, position.to_collect),
            (1600, 1000, 600, 0),
        )

    def test_credit_in_another_currency_covers_nothing(self):
        positions = self._one(
            [Item("USD", Decimal(100), Decimal(100))], credits={"EUR": Decimal(500)}
        )
        self.assertEqual(positions["USD"].to_collect, 100)

    def test_promise_in_company_currency_goes_on_with_foreign_items(self):
        positions = self._one(
            [Item("USD", Decimal(100), Decimal(100)), Item("EUR", Decimal(80), Decimal(100))],
            promises={"USD": Decimal(150)},
        )
        self.assertEqual(positions["USD"].promised, 100)
        self.assertEqual(positions["EUR"].promised, 40)
        self.assertEqual(positions["EUR"].company["to_collect"], 50)

    def test_share_of_all_is_all(self):
        self.assertEqual(share_of(Decimal(3), Decimal(3), Decimal("1.01"), UNIT), Decimal("1.01"))

    @unhurried
    @given(st.lists(_items(), max_size=8), by_currency, by_currency, by_currency)
    def test_nothing_twice_and_never_below_zero(self, items, way, credits, promises):
        for currency, position in self._one(items, way, credits, promises).items():
            parts = (position.disputed, position.planned, position.on_its_way, position.credits,
                     position.promised, position.to_collect)
            self.assertTrue(all(part >= 0 for part in parts), parts)
            self.assertEqual(sum(parts), position.overdue)
            company = position.company
            self.assertTrue(all(part >= 0 for part in company.values()), company)
            self.assertLessEqual(position.on_its_way, way.get(currency, 0))
            self.assertLessEqual(position.credits, credits.get(currency, 0))

    @unhurried
    @given(st.lists(_items(), max_size=8), by_currency, by_currency, by_currency, amounts)
    def test_more_credit_leaves_no_more_to_collect(self, items, way, credits, promises, more):
        before = self._one(items, way, credits, promises)
        after = self._one(
            items, way, {name: amount + more for name, amount in credits.items()}, promises
        )
        for currency, position in before.items():
            if currency == "USD" or "USD" not in promises:
                self.assertLessEqual(after[currency].to_collect, position.to_collect)
