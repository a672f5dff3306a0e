import random
from decimal import Decimal

from odoo.tests import BaseCase, TransactionCase, tagged

from ...tools.rmb_capitals import parse_rmb_capitals, rmb_capitals

# Amount in yuan, what financial capitals make of it.
VECTORS = [
    ("0", "零元整"),
    ("0.01", "壹分"),
    ("0.10", "壹角整"),
    ("1.005", "壹元零壹分"),
    ("10.05", "壹拾元零伍分"),
    ("101", "壹佰零壹元整"),
    ("1010.10", "壹仟零壹拾元壹角整"),
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("20050.06", "贰万零伍拾元零陆分"),
    ("30500", "叁万零伍佰元整"),
    ("100001", "壹拾万零壹元整"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("999999.995", "壹佰万元整"),
    ("10010001", "壹仟零壹万零壹元整"),
    ("100001000", "壹亿零壹仟元整"),
    ("2354350320", "贰拾叁亿伍仟肆佰叁拾伍万零叁佰贰拾元整"),
    ("1000000000000", "壹万亿元整"),
]


@tagged("post_install", "-at_install", "debt_collection")
class TestRmbCapitalsRule(BaseCase):
    def test_vectors(self):
        for amount, capitals in VECTORS:
            with self.subTest(amount=amount):
                self.assertEqual(rmb_capitals(Decimal(amount)), capitals)

    def test_zheng_after_jiao_is_a_choice(self):
        for amount, capitals in [
            ("0.10", "壹角"), ("1409.50", "壹仟肆佰零玖元伍角"),
            ("101", "壹佰零壹元整"), ("0.01", "壹分"),
        ]:
            with self.subTest(amount=amount):
                self.assertEqual(rmb_capitals(Decimal(amount), jiao_zheng=False), capitals)

    def test_negative(self):
        for amount, capitals in [("-0.50", "负伍角整"), ("-0.001", "零元整")]:
            with self.subTest(amount=amount):
                self.assertEqual(rmb_capitals(Decimal(amount)), capitals)

    def test_reads_back_as_the_amount(self):
        source = random.Random(20250930)
        for _number in range(5000):
            amount = Decimal(source.randrange(10 ** source.randint(1, 15))) / 100
            self.assertEqual(parse_rmb_capitals(rmb_capitals(amount)), amount, amount)

    def test_what_is_no_amount_is_refused(self):
        with self.assertRaises(ValueError):
            parse_rmb_capitals("壹元x")


@tagged("post_install", "-at_install", "debt_collection")
class TestAmountToText(TransactionCase):
    def test_by_language_and_currency(self):
        yuan, euro = self.env.ref("base.CNY"), self.env.ref("base.EUR")
        for currency, lang, amount, text in [
            (yuan, "zh_CN", 1680.32, "人民币壹仟陆佰捌拾元叁角贰分"),
            (yuan, "zh_TW", 0.1, "人民币壹角整"),
            (yuan, "zh_CN", 1.005, "人民币壹元零壹分"),
            (yuan, "en_US", 2.0, "Two Yuan"),
            (euro, "en_US", 1680.32,
             "One Thousand, Six Hundred And Eighty Euros and Thirty-Two Cents"),
        ]:
            with self.subTest(currency=currency.name, lang=lang, amount=amount):
                self.assertEqual(currency.with_context(lang=lang).amount_to_text(amount), text)

    def test_the_companys_choice(self):
        self.env.company.collection_jiao_zheng = False
        yuan = self.env.ref("base.CNY").with_context(lang="zh_CN")
        self.assertEqual(yuan.amount_to_text(1409.5), "人民币壹仟肆佰零玖元伍角")
