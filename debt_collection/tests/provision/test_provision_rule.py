from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase, tagged

from ...tools.provision import (
    allowance,
    entry,
    loss_rate,
    required,
    roll_rates,
    round_money,
    set_off,
    spread,
)


@tagged("debt_collection")
class TestProvisionRules(BaseCase):
    def test_matrix(self):
        """A rate of 8.6957 % is 2/23: the percentage as printed would miss a cent."""
        buckets = [
            (Decimal(300_000), loss_rate(Decimal(2))),
            (Decimal(140_000), loss_rate(Decimal(4))),
            (Decimal(60_000), loss_rate(Decimal(2), Decimal(23))),
            (Decimal(23_000), loss_rate(Decimal(25))),
            (Decimal(5_000), loss_rate(Decimal(100))),
        ]
        amounts, total = required(buckets)
        self.assertEqual(
            [str(amount) for amount in amounts],
            ["6000.00", "5600.00", "5217.39", "5750.00", "5000.00"],
        )
        self.assertEqual(total, Decimal("27567.39"))
        self.assertEqual(
            allowance(Decimal(60_000), loss_rate(Decimal("8.6957"))), Decimal("5217.42")
        )

    def test_matrix_of_nothing(self):
        self.assertEqual(required([]), ([], Decimal(0)))
        self.assertEqual(allowance(Decimal(-500), Fraction(1, 4)), 0)

    def test_monthly_entries(self):
        """Three months with a write-off and a recovery in between."""
        balance = Decimal(0)
        result = Decimal(0)
        for before, needed, expected in [
            ("0", "55700", "55700"),
            ("-30000", "75000", "49300"),
            ("8000", "40000", "-43000"),
        ]:
            with self.subTest(needed=needed):
                balance += Decimal(before)
                amount = entry(Decimal(needed), balance)
                self.assertEqual(amount, Decimal(expected))
                balance += amount
                result += amount
                self.assertEqual(balance, Decimal(needed))
        self.assertEqual(result, Decimal(62_000))

    def test_entry_at_the_edges(self):
        for needed, balance, expected in [
            ("0", "0", "0"),
            ("100", "100", "0"),
            ("0", "100", "-100"),
            ("100", "-40", "140"),
            ("0", "-40", "40"),
        ]:
            with self.subTest(needed=needed, balance=balance):
                self.assertEqual(entry(Decimal(needed), Decimal(balance)), Decimal(expected))

    def test_rates(self):
        self.assertEqual(loss_rate(Decimal("0.000001")), Fraction(1, 10**8))
        for numerator, denominator in [("-1", "100"), ("101", "100"), ("1", "0"), ("1", "-1")]:
            with self.subTest(numerator=numerator), self.assertRaises(ValueError):
                loss_rate(Decimal(numerator), Decimal(denominator))

    def test_rounding(self):
        for amount, precision, expected in [
            (Fraction(5, 1000), "0.01", "0.01"),
            (Fraction(4999, 10**6), "0.01", "0"),
            (Fraction(-5, 1000), "0.01", "-0.01"),
            (Fraction(5, 2), "1", "3"),
            (Fraction(1, 40), "0.05", "0.05"),
            (Fraction(1, 2000), "0.001", "0.001"),
        ]:
            with self.subTest(amount=amount, precision=precision):
                self.assertEqual(round_money(amount, Decimal(precision)), Decimal(expected))

    def test_spread(self):
        for total, weights, precision, expected in [
            ("10", ["1", "1", "1"], "0.01", ["3.34", "3.33", "3.33"]),
            ("0.02", ["1", "1", "1"], "0.01", ["0.01", "0.01", "0"]),
            ("5217.39", ["10000", "20000", "30000"], "0.01", ["869.57", "1739.13", "2608.69"]),
            ("100", ["1", "2"], "1", ["33", "67"]),
            ("-10", ["1", "1", "1"], "0.01", ["-3.34", "-3.33", "-3.33"]),
            ("0", ["0", "0"], "0.01", ["0", "0"]),
            ("5", ["0", "7.5"], "0.01", ["0", "5"]),
            ("0", [], "0.01", []),
        ]:
            with self.subTest(total=total, weights=weights):
                parts = spread(Decimal(total), [Decimal(w) for w in weights], Decimal(precision))
                self.assertEqual(parts, [Decimal(part) for part in expected])
                self.assertEqual(sum(parts), Decimal(total))
        for total, weights in [("5", ["0"]), ("5", []), ("5", ["-1", "2"])]:
            with self.subTest(total=total, weights=weights), self.assertRaises(ValueError):
                spread(Decimal(total), [Decimal(w) for w in weights])

    def test_set_off(self):
        for amounts, credit, expected in [
            (["100", "50"], "0", ["100", "50"]),
            (["100", "50"], "120", ["0", "30"]),
            (["100", "50"], "900", ["0", "0"]),
            ([], "10", []),
        ]:
            with self.subTest(amounts=amounts, credit=credit):
                self.assertEqual(
                    set_off([Decimal(amount) for amount in amounts], Decimal(credit)),
                    [Decimal(amount) for amount in expected],
                )

    def test_roll_rates(self):
        """Half of the mild and a tenth of what is not due rolls on; the worst loses a quarter."""
        flows = [(Decimal(1000), Decimal(100)), (Decimal(200), Decimal(100))]
        self.assertEqual(
            roll_rates(flows, Fraction(1, 4)),
            [Fraction(1, 80), Fraction(1, 8), Fraction(1, 4)],
        )
        self.assertEqual(roll_rates([(Decimal(0), Decimal(0))], Fraction(1, 3))[0], Fraction(1, 3))
        self.assertEqual(roll_rates([(Decimal(5), Decimal(9))], Fraction(1, 3))[0], Fraction(1, 3))
