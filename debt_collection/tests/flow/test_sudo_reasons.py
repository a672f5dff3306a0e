import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

CHECKOUT = Path(__file__).parents[3]
LINES_BEFORE = 8


@tagged("debt_collection")
class TestSudoReasons(BaseCase):
    """Whoever goes past the rights of a user says why, in a comment or the docstring before."""

    def test_every_sudo_has_its_reason(self):
        paths = list(CHECKOUT.glob("debt_collection*/**/*.py"))
        self.assertTrue(paths)
        for path in paths:
            lines = path.read_text(encoding="utf-8").splitlines()
            if "tests" in path.parts:
                continue
            for number, line in enumerate(lines):
                if ".sudo()" in line:
                    with self.subTest(path=path.name, line=number + 1):
                        self.assertTrue(self._has_reason(lines, number), line.strip())

    def _has_reason(self, lines, number):
        for line in lines[number:max(0, number - LINES_BEFORE) - 1 or None:-1]:
            if "#" in line or '"""' in line:
                return True
            if re.match(r"\s*def ", line):
                return False
        return False
