"""The day of a month on which finance gets the overdue list: a pure rule (P3.2)."""

from calendar import monthrange
from datetime import date, timedelta

LOOK_BACK = 31


def list_day(year: int, month: int, day: int, is_working_day) -> date:
    """The ``day`` of the month, moved to the working day before it.

    A month that is shorter has its last day instead. The working day before may lie in the
    month before: finance sends the list before its day, never after it. Where nobody works
    for ``LOOK_BACK`` days, the day itself counts.

    :param is_working_day: function of a date, true when people work on it
    :return: the date, never after the day wanted
    """
    last = monthrange(year, month)[1]
    wanted = date(year, month, min(day, last))
    days = (wanted - timedelta(days=back) for back in range(LOOK_BACK))
    return next((date for date in days if is_working_day(date)), wanted)
