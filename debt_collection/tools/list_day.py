"""The day of a month on which finance gets the overdue list: a pure rule (P3.2)."""

from calendar import monthrange
from datetime import date, timedelta


def list_day(year: int, month: int, day: int, is_working_day) -> date:
    """The ``day`` of the month, moved to the working day before it.

    A month that is shorter has its last day instead. Where the month has no working day
    up to then, the first one after it counts; where it has none at all, the day itself.

    :param is_working_day: function of a date, true when people work on it
    """
    last = monthrange(year, month)[1]
    wanted = date(year, month, min(day, last))
    for back in range(wanted.day):
        if is_working_day(wanted - timedelta(days=back)):
            return wanted - timedelta(days=back)
    for ahead in range(1, last - wanted.day + 1):
        if is_working_day(wanted + timedelta(days=ahead)):
            return wanted + timedelta(days=ahead)
    return wanted
