"""The indicators of collection work: pure rules (P5.1).

Percentages are rounded half up to two digits; what has no denominator has no data: ``None``.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
LOW_SAMPLE = 30
"""Fewer answers than this say little."""


def half_up(value: Decimal) -> Decimal:
    """The value as it is displayed: two digits, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def rate(part: Decimal, whole: Decimal) -> Decimal | None:
    """``part`` in per cent of ``whole``; ``None`` when there is nothing to measure."""
    return half_up(part * 100 / whole) if whole > 0 else None


def recovery(
    cash: Decimal, opening: Decimal, new: Decimal, credit_notes: Decimal = Decimal(0)
) -> Decimal | None:
    """Cash on overdue items of what was overdue at the start or became so.

    :param credit_notes: taken out of what could be recovered, in that variant; write-offs
        always stay in
    """
    return rate(cash, opening + new - credit_notes)


def per_hour(cash: Decimal, hours: Decimal) -> Decimal | None:
    """Cash for each hour of work logged; ``None`` when nobody logged any."""
    return half_up(cash / hours) if hours > 0 else None


def timeliness(in_time: int, due: int, left_out: int) -> Decimal | None:
    """Scheduled contacts made by their deadline, of those due.

    :param left_out: of ``due``, those not needed: paid early, blocked or paused
    """
    return rate(Decimal(in_time), Decimal(due - left_out))


def effectiveness(
    opening: Decimal,
    sales: Decimal,
    closing: Decimal,
    current: Decimal,
    non_cash: Decimal = Decimal(0),
) -> Decimal | None:
    """Collection effectiveness index: what was settled of what could be.

    :param current: of ``closing``, what is not overdue
    :param non_cash: credit notes and write-offs, for the cash variant
    """
    return rate(opening + sales - closing - non_cash, opening + sales - current)


def days_of_sales(receivables: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Days' sales outstanding; with the receivables not yet due the best possible one."""
    return half_up(receivables * days / sales) if sales > 0 else None


def days_delinquent(outstanding: Decimal | None, best: Decimal | None) -> Decimal | None:
    """Average days delinquent: days' sales outstanding beyond the best possible."""
    return None if outstanding is None or best is None else outstanding - best


def countback(
    receivables: Decimal, months: Iterable[tuple[Decimal, int]]
) -> Decimal | None:
    """Days' sales outstanding, counted back month by month.

    :param months: sales and days of each month, the latest first; a month without sales
        passes whole
    :return: ``None`` when the receivables are older than all these months
    """
    left, days = receivables, Decimal(0)
    if left <= 0:
        return Decimal(0)
    for sales, length in months:
        if sales > 0 and left <= sales:
            return half_up(days + left / sales * length)
        left -= max(sales, Decimal(0))
        days += length
    return None
