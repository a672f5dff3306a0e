"""Words that must not be in what customers read: pure rules (P1.2)."""

import re
from collections.abc import Iterable
from typing import NamedTuple

UNSPACED = {"zh", "ja", "th"}
"""Languages without spaces between words: there a word is found wherever it stands."""


class Hit(NamedTuple):
    """A word found, by its key, as it stands in the text, and where."""

    key: int
    text: str
    start: int


def make_pattern(word: str, language: str) -> re.Pattern:
    """The pattern that finds a word or phrase, in capitals or not, over any white space.

    Whole words only, where words are written apart: "arrest" is not found in "arrested". A star
    stands for up to three words ("inform * employer"), or six characters without spaces.
    """
    unspaced = language in UNSPACED
    before, gap, star = ("", r"\s*", r".{0,6}?") if unspaced else (r"(?<!\w)", r"\s+", None)
    pattern = ""
    for part in word.split():
        if part == "*":
            pattern += star or r"(?:\s+[\w'’-]+){0,3}?"
        else:
            pattern += (gap if pattern else before) + re.escape(part)
    return re.compile(pattern + ("" if unspaced else r"(?!\w)"), re.IGNORECASE)


def find_words(text: str, words: Iterable[tuple[int, str, str]]) -> list[Hit]:
    """The words found in a text, in the order in which they stand there.

    :param words: key, word and two-letter language of each
    """
    plain = text.replace("’", "'")
    hits = []
    for key, word, language in words:
        if not word.strip():
            continue
        pattern = make_pattern(word.replace("’", "'"), language)
        hits += [Hit(key, found.group(), found.start()) for found in pattern.finditer(plain)]
    return sorted(hits, key=lambda hit: (hit.start, hit.key))
