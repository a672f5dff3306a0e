"""Instalments of a payment plan: pure rules.

Money is `Decimal`, rounded down to the currency's precision; what is left over is in the last
instalment, so that the sum is exact.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Instalment(NamedTuple):
    """A part of a plan, to pay by ``due``, that day included."""

    due: date
    principal: Decimal
    interest: Decimal


def split(amount: Decimal, count: int, precision: Decimal = Decimal("0.01")) -> list[Decimal]:
    """An amount in equal parts, the residue in the last.

    :param count: 1 or more
    :raises ValueError: if ``count`` is less, or too large for every part to be above zero
    """
    if count < 1:
        raise ValueError("a plan has one instalment at least")
    part = (amount / count).quantize(precision, ROUND_DOWN)
    if part <= 0:
        raise ValueError("the instalments would be zero")
    return [part] * (count - 1) + [amount - part * (count - 1)]


def due_dates(first: date, count: int, unit: str = "month", every: int = 1) -> list[date]:
    """Due dates from the first on; monthly ones keep its day of the month.

    A month that is shorter has its last day instead: 01-31, 02-28, 03-31.

    :param unit: ``day``, ``week`` or ``month``
    """
    if unit == "month":
        months = [first.year * 12 + first.month - 1 + every * number for number in range(count)]
        return [
            date(
                month // 12,
                month % 12 + 1,
                min(first.day, monthrange(month // 12, month % 12 + 1)[1]),
            )
            for month in months
        ]
    step = timedelta(days=every * (7 if unit == "week" else 1))
    return [first + step * number for number in range(count)]


def generate(
    amount: Decimal,
    count: int,
    first: date,
    unit: str = "month",
    every: int = 1,
    annual_rate: Decimal = Decimal(0),
    precision: Decimal = Decimal("0.01"),
) -> list[Instalment]:
    """A plan of equal principals with interest on what is still owed.

    Interest of a period is the open principal × annual rate × periods a year, rounded half up
    to ``precision``; a month is a twelfth of a year, a week 7 and a day 1 of 365 days.

    :param annual_rate: percent a year
    :raises ValueError: as `split`
    """
    share = {"month": Decimal(every) / 12, "week": Decimal(7 * every) / 365,
             "day": Decimal(every) / 365}[unit]
    open_principal = amount
    instalments = []
    for due, principal in zip(
        due_dates(first, count, unit, every), split(amount, count, precision), strict=True
    ):
        interest = (open_principal * annual_rate / 100 * share).quantize(precision, ROUND_HALF_UP)
        instalments.append(Instalment(due, principal, interest))
        open_principal -= principal
    return instalments
