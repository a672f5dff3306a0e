from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools.writeoff import company_part, round_to, split_debit

CENT = Decimal("0.01")


@tagged("debt_collection")
class TestWriteoffRule(BaseCase):
    def test_company_part(self):
        for part, open_amount, open_company, booked, booked_company, expected in [
            ("100", "100", "100", "100", "100", "100"),
            ("40", "100", "100", "100", "100", "40"),
            # Booked at 1.25; all that is open takes all that is open.
            ("1000", "1000", "1250", "1000", "1250", "1250"),
            ("333.33", "1000", "1250", "1000", "1250", "416.66"),
            ("600", "600", "749.99", "1000", "1250", "749.99"),
            # Never more than is open in the company's currency.
            ("599.99", "600", "700", "1000", "1250", "700"),
        ]:
            with self.subTest(part=part, open=open_amount):
                self.assertEqual(
                    company_part(
                        Decimal(part), Decimal(open_amount), Decimal(open_company),
                        Decimal(booked), Decimal(booked_company), CENT,
                    ),
                    Decimal(expected),
                )

    def test_split_debit(self):
        for amount, share, allowance, tax, used, expense in [
            ("1000", "0", "0", "0", "0", "1000"),
            ("1000", "0", "300", "0", "300", "700"),
            ("1000", "0", "1500", "0", "1000", "0"),
            ("1150", "0.13043478", "0", "150", "0", "1000"),
            ("1150", "0.13043478", "1150", "150", "1000", "0"),
            ("0.01", "0.5", "0", "0.01", "0", "0"),
            ("1000", "0", "-50", "0", "0", "1000"),
        ]:
            with self.subTest(amount=amount, share=share, allowance=allowance):
                parts = split_debit(Decimal(amount), Decimal(share), Decimal(allowance), CENT)
                self.assertEqual(
                    (parts["tax"], parts["allowance"], parts["expense"]),
                    (Decimal(tax), Decimal(used), Decimal(expense)),
                )
                self.assertEqual(sum(parts.values()), Decimal(amount))

    def test_round_to(self):
        for amount, step, expected in [
            ("0.005", "0.01", "0.01"), ("1.5", "1", "2"), ("12.34", "0.05", "12.35"),
        ]:
            self.assertEqual(round_to(Decimal(amount), Decimal(step)), Decimal(expected))
