"""Whether a payment plan is kept: a pure rule."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


def judge_plan(
    instalments: Sequence[tuple[date, Decimal]],
    received: Decimal,
    as_of: date,
    tolerance: Decimal = Decimal(100),
    precision: Decimal = Decimal("0.01"),
) -> str:
    """What a plan is at the end of a day: ``performing``, ``completed`` or ``broken``.

    Payments count together: early and larger ones cover later instalments.

    :param instalments: last day to pay, grace included, and amount, in the order of days
    :param received: cash received for the plan so far
    :param tolerance: percentage of what was due by then that is enough
    """
    total = sum((amount for _last, amount in instalments), Decimal(0))
    if received >= total:
        return "completed"
    due = sum((amount for last, amount in instalments if last < as_of), Decimal(0))
    enough = (due * tolerance / 100).quantize(precision, ROUND_HALF_UP)
    return "performing" if received >= enough else "broken"
