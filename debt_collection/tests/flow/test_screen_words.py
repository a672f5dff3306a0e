import ast
import re
from pathlib import Path

from lxml import etree, html

from odoo.tests import tagged

from ..base.common import CollectionCommon

ROOT = Path(__file__).parents[2]
PLACES = ("models", "wizard", "controllers", "views", "static/src", "report", "data")
# "Configuration > Set Up > Tiers": names that begin with a capital, with ">" between them.
CHAIN = re.compile(r"(?:[A-Z][\w&'-]*(?: [A-Z&a-z][\w&'-]*){0,4}) > [A-Z][^.,;:!?()“”\n]*")
IN_DOCUMENTS = re.compile(r"\*([A-Z][^*]*‣[^*]*)\*")
# Those of Odoo, and the menu of a case.
ELSEWHERE = {"Settings", "Apps", "More"}


@tagged("post_install", "-at_install", "debt_collection")
class TestScreenWords(CollectionCommon):
    """Empty screens say why, nothing is invented, and menus that messages name exist."""

    def _ours(self, model):
        rows = self.env["ir.model.data"].search(
            [("module", "=like", "debt_collection%"), ("model", "=", model)]
        )
        return self.env[model].browse(rows.mapped("res_id")).exists()

    def test_every_list_says_why_it_is_empty(self):
        checked = 0
        for action in self._ours("ir.actions.act_window"):
            if action.view_mode.startswith("form") or action.target == "new":
                continue
            with self.subTest(action=action.xml_id):
                texts = [
                    " ".join(part.text_content().split())
                    for part in html.fromstring(f"<div>{action.help or ''}</div>").findall("p")
                ]
                self.assertGreaterEqual(len(texts), 2, "A title, and what fills the list.")
                self.assertGreater(len(texts[0]), 10)
                self.assertGreater(len(texts[1]), 25)
                checked += 1
        self.assertGreater(checked, 60)

    def test_no_row_is_invented(self):
        for view in self._ours("ir.ui.view"):
            with self.subTest(view=view.xml_id):
                arch = etree.fromstring(view.arch_db)
                self.assertFalse(arch.xpath("descendant-or-self::*[@sample]"))

    # Menus that are named.

    def _get_texts(self):
        """What our files say to people: file and text."""
        for place in PLACES:
            for path in sorted((ROOT / place).rglob("*")):
                if path.suffix == ".py":
                    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                        if isinstance(node, ast.Constant) and isinstance(node.value, str):
                            yield path, node.value
                elif path.suffix == ".xml":
                    for node in etree.parse(path).iter(etree.Element):
                        yield from ((path, text) for text in (node.text, node.tail) if text)
                        yield from (
                            (path, node.get(name)) for name in ("help", "title", "placeholder")
                            if node.get(name)
                        )
                elif path.suffix == ".js":
                    for found in re.finditer(r'_t\(\s*"((?:[^"\\]|\\.)*)"', path.read_text()):
                        yield path, found[1]

    def _get_documents(self):
        """What the documentation says is where: file, and names with ">" between them."""
        for path in sorted((ROOT.parent / "docs").glob("*.md")):
            for chain in IN_DOCUMENTS.findall(path.read_text(encoding="utf-8")):
                yield path, " > ".join(name.strip() for name in chain.split("‣"))

    def _get_menus(self):
        """Names of the menus below each, as an administrator without developer mode has them."""
        user = self.env["res.users"].search([("login", "=", "admin")]) or self.env.user
        user.group_ids += self.env.ref("debt_collection.group_manager")
        user.group_ids += self.env.ref("debt_collection.group_finance")
        user.group_ids += self.env.ref("account.group_account_manager")
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        names, pending = {}, [self.env.ref("debt_collection.menu_collection_root").id]
        while pending:
            menu = menus[pending.pop()]
            pending += menu["children"]
            if menu["children"]:
                below = {menus[child]["name"] for child in menu["children"]}
                names.setdefault(menu["name"], set()).update(below)
        return names

    def test_menus_that_are_named_exist(self):
        menus = self._get_menus()
        pages = {
            title: set(etree.fromstring(self.env.ref(f"debt_collection.{view}").arch_db).xpath(
                "//button/@string"
            ))
            for view, title in self.env.company._get_collection_pages().items()
        }
        buttons = {
            button
            for view in self._ours("ir.ui.view")
            for button in etree.fromstring(view.arch_db).xpath("//button/@string")
        }
        checked = 0
        for path, text in (*self._get_texts(), *self._get_documents()):
            for chain in CHAIN.findall(" ".join(text.split())):
                names = [name.strip() for name in chain.split(" > ")]
                names[0] = self._shorten(names[0], menus)
                if not names[0]:
                    continue  # a comparison in an expression, not a menu
                with self.subTest(file=path.name, chain=chain):
                    checked += 1
                    known = set(menus[names[0]])
                    for name in names[1:]:
                        found = next((menu for menu in sorted(known, key=len, reverse=True)
                                      if name.startswith(menu)), None)
                        self.assertTrue(found, f"“{name}” is not there: {sorted(known)}")
                        known = menus.get(found) or pages.get(found) or buttons
        self.assertGreaterEqual(checked, 50)

    def _shorten(self, name, menus):
        """The menu that the words before ">" end with."""
        if name in ELSEWHERE:
            return None
        words = name.split()
        for start in range(len(words)):
            if " ".join(words[start:]) in menus:
                return " ".join(words[start:])
        return None
