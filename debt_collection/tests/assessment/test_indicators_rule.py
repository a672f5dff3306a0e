from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools import indicators


def number(text):
    return None if text is None else Decimal(text)


@tagged("debt_collection")
class TestIndicatorRules(BaseCase):
    """The formulas of the trade, on figures worked out by hand."""

    def test_rates(self):
        for part, whole, expected in [
            ("65000", "140000", "46.43"),
            ("50000", "100000", "50.00"),
            ("6000", "140000", "4.29"),
            ("74", "107", "69.16"),
            ("120", "400", "30.00"),
            ("50000", "200000", "25.00"),
            ("3000", "10000", "30.00"),
            ("4000", "7000", "57.14"),
            ("7000", "10000", "70.00"),
            ("2", "4", "50.00"),
            ("28999.99", "40000", "72.50"),
            ("84.996", "100", "85.00"),
            ("84.995", "100", "85.00"),
            ("84.99499", "100", "84.99"),
            ("0", "5", "0.00"),
            ("0", "0", None),
            ("5", "0", None),
            ("5", "-1", None),
        ]:
            with self.subTest(part=part, whole=whole):
                self.assertEqual(
                    indicators.rate(Decimal(part), Decimal(whole)), number(expected)
                )

    def test_recovery_and_its_variants(self):
        opening, new = Decimal(100000), Decimal(40000)
        for cash, new_items, credit_notes, expected in [
            (65000, new, 0, "46.43"),
            (50000, Decimal(0), 0, "50.00"),
            (65000, new, 4000, "47.79"),
        ]:
            with self.subTest(cash=cash, credit_notes=credit_notes):
                self.assertEqual(
                    indicators.recovery(
                        Decimal(cash), opening, new_items, Decimal(credit_notes)
                    ),
                    Decimal(expected),
                )

    def test_cash_per_hour(self):
        for cash, hours, expected in [
            ("400", "1.25", "320.00"), ("100", "3", "33.33"), ("0", "2", "0.00"),
            ("400", "0", None),
        ]:
            with self.subTest(cash=cash, hours=hours):
                self.assertEqual(
                    indicators.per_hour(Decimal(cash), Decimal(hours)), number(expected))

    def test_timeliness(self):
        for in_time, due, left_out, expected in [
            (40, 50, 4, "86.96"), (0, 3, 0, "0.00"), (0, 4, 4, None), (0, 0, 0, None),
        ]:
            with self.subTest(due=due):
                self.assertEqual(
                    indicators.timeliness(in_time, due, left_out), number(expected)
                )

    def test_effectiveness(self):
        figures = [Decimal(text) for text in ("500000", "300000", "420000", "260000")]
        self.assertEqual(indicators.effectiveness(*figures), Decimal("70.37"))
        self.assertEqual(
            indicators.effectiveness(*figures, non_cash=Decimal(30000)), Decimal("64.81")
        )
        self.assertIsNone(indicators.effectiveness(*[Decimal(0)] * 4))

    def test_days_of_sales(self):
        outstanding = indicators.days_of_sales(Decimal(15000), Decimal(10000), 30)
        best = indicators.days_of_sales(Decimal(4000), Decimal(10000), 30)
        self.assertEqual(outstanding, Decimal(45))
        self.assertEqual(best, Decimal(12))
        self.assertEqual(indicators.days_delinquent(outstanding, best), Decimal(33))
        self.assertIsNone(indicators.days_of_sales(Decimal(5), Decimal(0), 30))
        self.assertIsNone(indicators.days_delinquent(None, best))

    def test_countback(self):
        for receivables, months, expected in [
            ("212000", [(100000, 30), (80000, 30), (70000, 30)], "73.71"),
            ("50000", [(100000, 30)], "15.00"),
            ("100000", [(100000, 30), (80000, 30)], "30.00"),
            ("150000", [(100000, 30), (0, 31), (100000, 30)], "76.00"),
            ("0", [(100000, 30)], "0"),
            ("212000", [(100000, 30), (80000, 30)], None),
        ]:
            with self.subTest(receivables=receivables, months=months):
                self.assertEqual(
                    indicators.countback(
                        Decimal(receivables), [(Decimal(sale), days) for sale, days in months]
                    ),
                    number(expected),
                )
