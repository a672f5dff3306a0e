from odoo.tests import BaseCase, tagged

from ..tools.numbers import to_e164
from ..tools.segments import count_segments


@tagged("post_install", "-at_install", "debt_collection")
class TestSegments(BaseCase):
    def test_table(self):
        for text, expected in (
            ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
            ("€" * 80, 1), ("€" * 81, 2), ("请" * 70, 1), ("请" * 71, 2), ("a" * 70 + "请", 2),
            ("😀" * 35, 1), ("😀" * 36, 2),
        ):
            with self.subTest(text=text[:3], length=len(text)):
                self.assertEqual(count_segments(text), expected)

    def test_numbers(self):
        for text, code, expected in (
            ("+44 20 7946 0018", 0, "+442079460018"), ("020 7946 0019", 44, "+442079460019"),
            ("0044 (0)20-7946.0018", 0, "+442079460018"), ("138 0013 8000", 86, "+8613800138000"),
            ("12", 44, ""), ("", 44, ""), ("call me", 44, ""), ("020 7946 0019", 0, ""),
            ("+44 20 7946 0018 ext. 5", 44, ""), ("+0 123 456 789", 0, ""), (False, 44, ""),
        ):
            with self.subTest(text=text):
                self.assertEqual(to_e164(text, code), expected)
