import re
import unittest
from contextlib import contextmanager
from os import getpid

from devtools.databases import drop
from devtools.installed import new_database
from devtools.odoo_log import find_problems
from devtools.odoo_process import run_inside
from devtools.postgres import sql


@contextmanager
def database(name):
    """The name of a database that is gone afterwards."""
    name = f"set_up_{name}_{getpid()}"
    try:
        yield name
    finally:
        drop(name)


def installed(name):
    rows = sql(name, "SELECT name FROM ir_module_module WHERE state = 'installed'")
    return {module for (module,) in rows}


class TestSetUps(unittest.TestCase):
    """The main add-on works alone, and goes on when its bridges are taken away."""

    def check_smoke(self, name):
        output = run_inside(name, "smoke", log=f"smoke-{name}")
        found = re.search(r"smoke: (\d+) screens", output)
        self.assertTrue(found, output[-2000:])
        self.assertGreater(int(found[1]), 100)
        self.assertEqual(find_problems(output), [])

    def test_alone(self):
        with database("alone") as name:
            self.assertEqual(new_database(name, "bare"), [])
            modules = installed(name)
            self.assertIn("debt_collection", modules)
            self.assertFalse(modules & {"sale", "account_payment", "debt_collection_sale"})
            self.check_smoke(name)

    def test_bridges_are_taken_away(self):
        with database("bridges") as name:
            new_database(name, check=True)
            modules = installed(name)
            self.assertLessEqual({"debt_collection_sale", "debt_collection_payment"}, modules)
            self.check_smoke(name)
            output = run_inside(name, "uninstall_bridges", log=f"uninstall-{name}")
            self.assertEqual(find_problems(output), [])
            modules = installed(name)
            self.assertIn("debt_collection", modules)
            self.assertFalse({module for module in modules if "debt_collection_" in module})
            self.check_smoke(name)
