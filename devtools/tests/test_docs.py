"""The documents: every link and picture leads somewhere."""

import re
import unittest

from devtools.paths import ROOT

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


class TestDocs(unittest.TestCase):
    def test_links(self):
        documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]
        self.assertGreater(len(documents), 8)
        for document in documents:
            for link in LINK.findall(document.read_text()):
                if link.startswith(("http:", "https:", "mailto:")):
                    continue
                with self.subTest(document=document.name, link=link):
                    self.assertTrue((document.parent / link).exists())
