"""Dates and amounts that nobody can have meant: pure rules."""

from datetime import date, datetime

FIRST = date(1970, 1, 1)
LAST = date(2199, 12, 31)
LARGEST = 10**15
"""Floats keep cents exactly below this."""


def is_plausible_date(day: date | datetime | None) -> bool:
    """Whether a date can have been meant, or is empty."""
    if not day:
        return True
    return FIRST <= (day.date() if isinstance(day, datetime) else day) <= LAST


def is_plausible_amount(amount: float) -> bool:
    """Whether an amount can have been meant; no number and infinity cannot."""
    return abs(amount or 0) < LARGEST
