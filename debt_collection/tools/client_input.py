"""What somebody sent in a form or an address, as values that can be kept: pure rules."""

import re
from datetime import date

MAX_ID = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2199
# Python reads no number of more than 4,300 figures, and no database a byte of zero.
NO_ADDRESS = re.compile(r"\0|[0-9]{1000}")


def is_address(path):
    """Whether the path of an address can be looked up at all."""
    return not NO_ADDRESS.search(path)


def clean_text(text, limit):
    """A text without what no database keeps, at most ``limit`` characters long.

    What was sent as something else, such as a file, is no text.
    """
    return (text if isinstance(text, str) else "").replace("\0", "").strip()[:limit]


def whole_number(text, highest=MAX_ID):
    """The number from 0 to ``highest`` that a text says in plain figures, or ``None``."""
    text = str(text if text is not None else "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(highest)):
        return None
    number = int(text)
    return number if number <= highest else None


def as_day(text):
    """The day that a text says as year-month-day, or ``None``; a day that anybody can mean."""
    try:
        day = date.fromisoformat(str(text or "")[:10])
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
