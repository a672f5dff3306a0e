import os
import random
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools.late_charge import RateTable, Terms, accrue
from ..base.large import has_large_form, size
from .late_charge_by_day import by_day

SEED = int(os.environ.get("DEBT_COLLECTION_SEED") or 20250930)
HISTORIES = size(100, 400)


@has_large_form
@tagged("debt_collection")
class TestLateChargeHistories(BaseCase):
    """Random histories of items, against late charges reckoned day by day."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)

    def _some_day(self, start, end):
        return start + timedelta(days=self.random.randint(0, max((end - start).days, 0)))

    def _some_money(self, most, precision):
        units = int(most / precision)
        return self.random.randint(1, max(units, 1)) * precision

    def _some_terms(self):
        pick = self.random.choice
        return Terms(
            rate=pick([Decimal(0), Decimal("0.05"), Decimal("8.15"), Decimal(10)]),
            is_referenced=pick([True, False]),
            rate_unit=pick(["year", "year", "day"]),
            multiplier=pick([Decimal(1), Decimal("1.3"), Decimal("1.5"), Decimal(0)]),
            margin=pick([Decimal(0), Decimal(8)]),
            rate_mode=pick(["fixed", "floating"]),
            rate_period=pick(["day", "halfyear"]),
            day_base=pick(["365", "360", "actual"]),
            grace_days=pick([0, 0, 5, 30]),
            is_grace_charged=pick([True, False]),
            fee_tiers=pick([
                (), ((Decimal(0), Decimal(40)),),
                ((Decimal(0), Decimal(40)), (Decimal(1000), Decimal(70))),
            ]),
        )

    def _some_history(self):
        """Amounts and days of an item; around half of them see a leap year."""
        precision = self.random.choice([Decimal("0.01"), Decimal("0.01"), Decimal(1)])
        amount = self._some_money(Decimal(20000), precision)
        due = self._some_day(date(2023, 1, 1), date(2025, 6, 30))
        as_of = self._some_day(due - timedelta(days=3), due + timedelta(days=700))
        reductions = [
            (self._some_day(due - timedelta(days=10), as_of + timedelta(days=5)),
             self._some_money(amount / 3, precision))
            for _number in range(self.random.randint(0, 5))
        ]
        middle = self.random.randint(0, len(reductions))
        values = [(date(2022, 1, 1), "2.50")] + [
            (self._some_day(date(2023, 1, 1), date(2027, 1, 1)),
             self.random.choice(["2.50", "3.10", "4.50"]))
            for _number in range(self.random.randint(0, 8))
        ]
        charged_to = sorted({
            self._some_day(due + timedelta(days=1), as_of)
            for _number in range(self.random.randint(0, 3)) if as_of > due
        })
        return (amount, due, as_of, dict(values), reductions[:middle], reductions[middle:],
                charged_to, precision)

    def test_both_ways_agree(self):
        """For both orders of allocation, to the last unit of the currency."""
        counts = {"interest": 0, "charged": 0, "paid": 0}
        for number in range(HISTORIES):
            history = self._some_history()
            amount, due, as_of, values, payments, credits, charged_to, precision = history
            values = list(values.items())
            terms = self._some_terms()
            for allocation in ("principal", "interest"):
                agreed = terms._replace(allocation=allocation)
                expected = by_day(amount, due, as_of, agreed, values, payments, credits,
                                  charged_to, precision)
                accrual = accrue(
                    amount, due, as_of, agreed, RateTable(values), payments=payments,
                    credits=credits, charged_to=charged_to, precision=precision,
                )
                with self.subTest(seed=SEED, number=number, terms=agreed, history=history):
                    self.assertEqual(
                        (accrual.interest, accrual.fee, accrual.principal), expected
                    )
                    self.assertEqual(
                        sum(segment.days for segment in accrual.segments), accrual.days
                    )
                counts["interest"] += bool(accrual.interest)
                counts["charged"] += bool(charged_to)
                counts["paid"] += bool(payments)
        for name, count in counts.items():
            self.assertGreater(count, HISTORIES / 4, name)

    def test_charging_in_parts_charges_the_same_days(self):
        """However often it is charged in between, each day is charged once."""
        for number in range(HISTORIES // 4):
            amount, due, as_of, values, payments, credits, charged_to, precision = (
                self._some_history()
            )
            terms = self._some_terms()._replace(is_grace_charged=False)
            options = {"payments": payments, "credits": credits, "precision": precision}
            table = RateTable(values.items())
            days, before = [], []
            for day in [*charged_to, as_of]:
                accrual = accrue(amount, due, day, terms, table, charged_to=before, **options)
                for segment in accrual.segments:
                    days += [
                        segment.date_from + timedelta(days=one)
                        for one in range((segment.date_to - segment.date_from).days + 1)
                    ]
                before.append(day)
            whole = accrue(amount, due, as_of, terms, table, **options)
            with self.subTest(seed=SEED, number=number):
                self.assertEqual(len(days), len(set(days)), "a day is charged twice")
                self.assertEqual(len(days), whole.days)
