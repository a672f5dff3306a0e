"""What somebody sent in a form or an address, as values that can be kept: pure rules."""

from datetime import date

MAX_ID = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2199


def clean_text(text, limit):
    """A text without what no database keeps, at most ``limit`` characters long."""
    return (text or "").replace("\0", "").strip()[:limit]


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
