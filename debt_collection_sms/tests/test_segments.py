from odoo.tests import BaseCase, tagged

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
