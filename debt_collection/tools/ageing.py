"""Ageing of receivable items: pure rules, plain values in and out (P3.1)."""

from datetime import date


def days_overdue(as_of: date, date_due: date | None) -> int:
    """Whole days an item is overdue at the end of ``as_of``.

    The due date itself is still in time, the day after is day 1. An item that is not
    due yet, or has no due date, is 0 days overdue: never a negative number.
    """
    return max((as_of - date_due).days, 0) if date_due else 0


def tier_of(days: int, ladder):
    """Code of the band that ``days`` overdue fall in, ``None`` below the first one.

    :param ladder: sequence of ``(code, day_from, day_to)``, both days inclusive;
        ``day_to`` 0 means without an end
    """
    for code, day_from, day_to in ladder:
        if days >= day_from and (not day_to or days <= day_to):
            return code
    return None


def check_ladder(bands):
    """Problems of a ladder of tiers (P3.1), in the order of its days; empty when sound.

    :param bands: sequence of ``(name, day_from, day_to)``, ``day_to`` 0 for an open end
    :return: list of ``(kind, name, other)`` with kind in ``start`` (the first band does not
        start at day 1), ``reversed`` (ends before it starts), ``gap`` and ``overlap``
        (between ``name`` and ``other``), ``open`` (an end is missing before the last
        band) and ``closed`` (the last band ends)
    """
    bands = sorted(bands, key=lambda band: band[1])
    problems = []
    if bands and bands[0][1] != 1:
        problems.append(("start", bands[0][0], None))
    for name, day_from, day_to in bands:
        if day_to and day_to < day_from:
            problems.append(("reversed", name, None))
    for (name, _from, day_to), (other, next_from, _to) in zip(bands, bands[1:], strict=False):
        if not day_to:
            problems.append(("open", name, other))
        elif next_from > day_to + 1:
            problems.append(("gap", name, other))
        elif next_from <= day_to:
            problems.append(("overlap", name, other))
    if bands and bands[-1][2]:
        problems.append(("closed", bands[-1][0], None))
    return problems
