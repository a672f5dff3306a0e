"""Tests that need a missing part of the machine are found by name."""

import re

from devtools.left_out import find_left_out, find_tests
from devtools.system_parts import PARTS

SOURCE = """
class TestTour(HttpCase):
    def test_tour(self):
        self.start_tour("/odoo", "debt_collection_tour", login="admin")

    def test_plain(self):
        self.url_open("/odoo")


class TestPdf(TransactionCase):
    def setUp(self):
        super().setUp()
        self.engine = allow_pdf_render()  # once for all

    def test_letter(self):
        pass

    def test_chinese(self):
        pass  # needs: CJK font
"""


def test_method_or_whole_class(tmp_path):
    path = tmp_path / "test_x.py"
    path.write_text(SOURCE)
    names = [name.removeprefix(f"{path}::") for name in find_tests(path, re.compile("start_tour"))]
    assert names == ["TestTour::test_tour"]
    names = [name.removeprefix(f"{path}::") for name in find_tests(path, re.compile("engine"))]
    assert names == ["TestPdf::test_letter", "TestPdf::test_chinese"]


def test_parts_of_the_machine(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(SOURCE)
    found = [[test.rpartition("::")[2] for test in find_left_out([p], [tmp_path])] for p in PARTS]
    assert found == [["test_tour"], ["test_chinese"], ["test_chinese", "test_letter"]]
