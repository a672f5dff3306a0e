"""What is looked for when a person is to be forgotten: a pure rule (GDPR 17, PIPL 47)."""

import html
import re
from collections.abc import Iterable

ERASED = "[…]"
"""What stands in the place of a name that was erased."""


def person_pattern(words: Iterable[str | None]) -> str:
    """A regular expression, of PostgreSQL and Python, for names and addresses of a person.

    Whole words in Latin script, so that “Ann” is not found in “Annual”; anywhere in others. Also
    as markup writes them. Words too short to name anybody are left out; empty if none is left.
    """
    parts = set()
    for word in words:
        word = " ".join((word or "").split())
        if len(word) < (3 if word.isascii() else 2):
            continue
        for text in {word, html.escape(word)}:
            part = r"\s+".join(re.sub(r"([^\w\s])", r"\\\1", piece) for piece in text.split())
            before = "(?<![A-Za-z0-9])" if text[0].isascii() and text[0].isalnum() else ""
            after = "(?![A-Za-z0-9])" if text[-1].isascii() and text[-1].isalnum() else ""
            parts.add(f"{before}{part}{after}")
    # The longest first: an e-mail address goes as a whole, not the name in it.
    return "|".join(sorted(parts, key=lambda part: (-len(part), part)))
