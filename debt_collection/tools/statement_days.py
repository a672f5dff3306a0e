"""When a statement comes again that is sent in a rhythm: pure rules."""

from calendar import monthrange
from datetime import date, timedelta


def day_of_month(year: int, month: int, day: int) -> date:
    """That day of a month, or its last one where the month is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_day(after: date, rhythm: str, number: int) -> date:
    """The first day after a date on which a statement is sent.

    :param rhythm: ``days``: every ``number`` days from that date; ``month``: on the day
        ``number`` of each month, the last one where it is shorter
    """
    if rhythm == "days":
        return after + timedelta(days=number)
    this_month = day_of_month(after.year, after.month, number)
    if this_month > after:
        return this_month
    year, month = divmod(after.year * 12 + after.month, 12)
    return day_of_month(year, month + 1, number)
