from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...tools.css_subset import subset, used_classes
from ...tools.letter_claim import in_proportion
from ...tools.letter_text import fill, paragraphs, placeholders


@tagged("debt_collection")
class TestLetterRules(BaseCase):
    def test_placeholders_are_filled_once(self):
        for text, values, expected in [
            ("{amount} by {deadline}", {"amount": "5", "deadline": "x"}, "5 by x"),
            ("{customer}", {"customer": "{amount}", "amount": "5"}, "{amount}"),
            ("{unknown} {a.b} {0} {}", {"a": "1"}, "{unknown} {a.b} {0} {}"),
            ("{amount.__class__}", {"amount": "5"}, "{amount.__class__}"),
            (False, {}, ""),
        ]:
            with self.subTest(text=text):
                self.assertEqual(fill(text, values), expected)
        self.assertEqual(placeholders("{a} {b} {?a}"), ["a", "b"])

    def test_what_is_not_so_is_not_said(self):
        """A part in square brackets goes with its placeholder."""
        for text, values, expected in [
            ("A[, see {x}].", {"x": "L/1"}, "A, see L/1."),
            ("A[, see {x}].", {"x": ""}, "A."),
            ("Pay[{?bank} to the bank below].", {"bank": "IBAN"}, "Pay to the bank below."),
            ("Pay[{?bank} to the bank below].", {"bank": ""}, "Pay."),
            ("[{x} and {y}]", {"x": "1", "y": ""}, ""),
            ("a\n\n[{x}]\n\nb", {"x": ""}, "a\n\nb"),
            ("[1] [sic] [{unknown}]", {"x": "1"}, "[1] [sic] [{unknown}]"),
            ("{x}", {"x": "[{y}]", "y": ""}, "[{y}]"),
        ]:
            with self.subTest(text=text, values=values):
                self.assertEqual(fill(text, values), expected)

    def test_paragraphs(self):
        self.assertEqual(paragraphs("a\nb\n\n \nc\n"), [["a", "b"], ["c"]])
        self.assertEqual(paragraphs(False), [])

    def test_share_in_another_currency(self):
        for part, whole, amount, expected in [
            ("30", "90", "100", "33.33"),
            ("90", "90", "100", "100"),
            ("95", "90", "100", "100"),
            ("0", "90", "100", "0.00"),
            ("10", "0", "0", "0"),
        ]:
            with self.subTest(part=part):
                self.assertEqual(
                    in_proportion(Decimal(part), Decimal(whole), Decimal(amount),
                                  Decimal("0.01")),
                    Decimal(expected),
                )

    def test_stylesheet_keeps_what_can_apply(self):
        css = (
            "@charset \"UTF-8\";/* {x} */body{a:b}.a,.b .c{d:e}.z{f:g}.a:not(.z){h:i}"
            "@media print{.z{j:k}.a{l:m}}@font-face{src:url(\"x}y\")}"
        )
        self.assertEqual(
            subset(css, {"a"}),
            "@charset \"UTF-8\";body{a:b}.a{d:e}.a:not(.z){h:i}@media print{.a{l:m}}"
            "@font-face{src:url(\"x}y\")}",
        )
        self.assertEqual(used_classes("<p class=\"a b\"><i class='c'>"), {"a", "b", "c"})
