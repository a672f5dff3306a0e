"""Deadlines in calendar and working days: pure rules (P3.4, P3.5)."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta


def nth_working_day(working_days: Sequence[date], after: date, count: int) -> date:
    """The ``count``-th working day after a date, that date excluded.

    :param working_days: the days people work on, ascending, without repeats
    :param count: 1 or more
    :raises ValueError: if ``working_days`` ends before
    """
    index = bisect_right(working_days, after) + count - 1
    if index >= len(working_days):
        raise ValueError(f"no {count} working days known after {after}")
    return working_days[index]


def deadline(due: date, offset: int, unit: str, working_days: Sequence[date]) -> date:
    """The last day of a step, inclusive, that is counted from a due date.

    Day 1 of working days is the first one after the due date; the deadline is day N.

    :param offset: number of days; negative for days before the due date (calendar only)
    :param unit: ``calendar`` or ``working``
    :param working_days: as in `nth_working_day`
    :raises ValueError: as in `nth_working_day`
    """
    if unit == "working" and offset > 0:
        return nth_working_day(working_days, due, offset)
    return due + timedelta(days=offset)
