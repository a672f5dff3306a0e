from odoo.tests import BaseCase, tagged

from ...tools.amount_text import parse_amount


@tagged("post_install", "-at_install", "debt_collection")
class TestAmountRule(BaseCase):
    """What people type is what they mean, in their own way of writing amounts."""

    def test_amounts(self):
        for text, point, amount in (
            ("100", ".", 100), ("100.5", ".", 100.5), ("100,5", ".", 100.5),
            ("1,250.00", ".", 1250), ("1.250,00", ",", 1250), ("1.250,00", ".", 1250),
            ("1,250", ".", 1250), ("1,250", ",", 1.25), ("1.250", ",", 1250),
            ("1.250", ".", 1.25), ("1,250,000", ".", 1250000), ("1.250.000", ".", 1250000),
            ("1 250,50", ",", 1250.5), ("1\u202f250,50", ",", 1250.5), ("1'250.50", ".", 1250.5),
            (" 12 ", ".", 12), ("-5", ".", -5), ("0", ".", 0), ("12,34", ".", 12.34),
        ):
            with self.subTest(text=text, point=point):
                self.assertEqual(parse_amount(text, point), amount)

    def test_no_amounts(self):
        for text in (
            "", None, "soon", "nan", "inf", "1e9", "1e999", "٣", "1,2,3", "1.2.3,4", "12,34.567,8",
            "1,25,0.00", "--5", "5-", "9" * 16, "1.000,000.00", "0x10", ",5", "5,",
        ):
            with self.subTest(text=text):
                self.assertIsNone(parse_amount(text))
