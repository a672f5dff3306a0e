"""When a promise to pay is kept: a pure rule (P3.5).

Tolerance and grace are the policy's; 95 % and three days are usual in the trade.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal


def judge(
    amount: Decimal,
    received: Decimal,
    date_promised: date,
    as_of: date,
    tolerance: Decimal = Decimal(95),
    grace_days: int = 3,
    precision: Decimal = Decimal("0.01"),
) -> str:
    """What a promise is at the end of a day: ``open``, ``kept``, ``partial`` or ``broken``.

    It is kept as soon as enough came in, and judged otherwise once the grace is over. What
    comes later does not count: such a promise was broken, even if it is paid in full.

    :param received: cash from the promise's making to the earlier of ``as_of`` and the last
        day of grace, both inclusive
    :param tolerance: percentage of the amount that is enough, rounded to ``precision``
    :param grace_days: calendar days after ``date_promised`` that still count
    """
    enough = (amount * tolerance / 100).quantize(precision, ROUND_HALF_UP)
    if received >= enough:
        return "kept"
    if as_of <= date_promised + timedelta(days=grace_days):
        return "open"
    return "partial" if received > 0 else "broken"
