"""Styles and store pages: no colours of our own in the client, no outside links in the store."""

import re
import unittest

from devtools.paths import ROOT, present_addons

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
OUTSIDE = re.compile(
    r"<script|<link|<iframe|@import|\b(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
)
IMAGE = re.compile(r"src=\"([^\"]+)\"")


class TestStyles(unittest.TestCase):
    def test_colours_follow_the_theme(self):
        """In dark mode a colour of our own stays as it is, and text on it becomes unreadable."""
        found = 0
        for addon in present_addons():
            for path in (ROOT / addon / "static" / "src").rglob("*"):
                if path.suffix in (".scss", ".css", ".xml"):
                    found += 1
                    with self.subTest(path=path.name):
                        self.assertNotRegex(path.read_text(), COLOUR)
        self.assertGreater(found, 4)

    def test_store_page(self):
        """The app store takes pictures from the add-on only, and neither scripts nor links."""
        pages = list(ROOT.glob("debt_collection*/static/description/index.html"))
        self.assertGreater(len(pages), 1)
        for path in pages:
            folder, page = path.parent, path.read_text()
            with self.subTest(addon=path.parts[-4]):
                self.assertNotRegex(page, OUTSIDE)
                self.assertTrue((folder / "icon.png").is_file())
                self.assertTrue((folder / "banner.png").is_file())
                images = IMAGE.findall(page)
                self.assertTrue(images)
                for image in images:
                    self.assertTrue((folder / image).is_file(), image)
