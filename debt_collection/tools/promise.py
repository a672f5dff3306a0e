"""When a promise to pay is kept: a pure rule (P3.5).

Tolerance and grace are the policy's; 95 % and three days are usual in the trade.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal


def is_enough(
    amount: Decimal, received: Decimal, tolerance: Decimal, precision: Decimal
) -> bool:
    """Whether what was received is enough for an amount, within the tolerance."""
    return received >= (amount * tolerance / 100).quantize(precision, ROUND_HALF_UP)


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
    if is_enough(amount, received, tolerance, precision):
        return "kept"
    if as_of <= date_promised + timedelta(days=grace_days):
        return "open"
    return "partial" if received > 0 else "broken"


def rejudge(state: str, judged: str, by_hand: bool = False) -> str:
    """The state of a promise that is ``state`` now and that its money says is ``judged``.

    Money that came in time always keeps it. A promise that was called off before its day stays
    so until then, and what a manager judged by hand stays until money proves it.
    """
    if judged == "kept" or state in ("open", "cancelled"):
        return judged
    if by_hand or (judged == "open" and state in ("partial", "broken")):
        return state
    return judged
