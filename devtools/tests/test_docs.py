"""The documents: every link and picture leads somewhere, and every picture is of a screen."""

import re
import unittest

from devtools.paths import ROOT
from devtools.screens import SCREENS

LINK = re.compile(r"\]\(([^)\s]*)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(text):
    """Return the anchors of a document's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


class TestDocs(unittest.TestCase):
    def test_links(self):
        documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
        self.assertGreater(len(documents), 8)
        for document in documents:
            for link in LINK.findall(document.read_text()):
                if link.startswith(("http:", "https:", "mailto:")):
                    continue
                path, _hash, anchor = link.partition("#")
                target = document.parent / path if path else document
                with self.subTest(document=document.name, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target.read_text()))

    def test_pictures(self):
        """A picture of a screen that is gone would stay as it was for ever."""
        names = {screen.name for screen in SCREENS}
        for picture in (ROOT / "docs" / "images").glob("*.png"):
            with self.subTest(picture=picture.name):
                self.assertIn(picture.name.partition(".")[0], names)
