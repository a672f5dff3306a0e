"""What is set aside for doubtful debts: pure rules.

Money is `Decimal`, rates are `Fraction`, so that 2/23 stays 2/23. A bucket's allowance is its
exposure times its rate, rounded half away from zero to the currency's precision; the required
allowance is the sum of those rounded amounts (IFRS 9, simplified approach).
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

CENT = Decimal("0.01")
SCALE = 10**6
"""Weights are compared to six decimals: more than any currency has."""


def loss_rate(numerator: Decimal, denominator: Decimal = Decimal(100)) -> Fraction:
    """The share that is lost, exactly: ``2, 23`` is two of twenty-three, ``25`` a quarter.

    :raises ValueError: below zero, above the whole, or of nothing
    """
    if denominator <= 0 or not 0 <= numerator <= denominator:
        raise ValueError("a loss rate is a share between nothing and the whole")
    return Fraction(numerator) / Fraction(denominator)


def round_money(amount: Fraction | Decimal, precision: Decimal = CENT) -> Decimal:
    """An exact amount rounded half away from zero to a multiple of the precision."""
    units = Fraction(abs(amount)) / Fraction(precision)
    whole = int(units + Fraction(1, 2))
    return (whole if amount >= 0 else -whole) * precision


def allowance(exposure: Decimal, rate: Fraction, precision: Decimal = CENT) -> Decimal:
    """What a bucket needs; nothing for a bucket in credit."""
    return round_money(max(Fraction(exposure), Fraction(0)) * rate, precision)


def required(
    buckets: Sequence[tuple[Decimal, Fraction]], precision: Decimal = CENT
) -> tuple[list[Decimal], Decimal]:
    """The provision matrix: the allowance of each bucket and their sum."""
    amounts = [allowance(exposure, rate, precision) for exposure, rate in buckets]
    return amounts, sum(amounts, Decimal(0))


def entry(needed: Decimal, balance: Decimal) -> Decimal:
    """The month's entry: above zero it is an expense, below zero a release.

    :param needed: the allowance that is required
    :param balance: what the allowance account holds, a credit above zero; below zero when more
        was written off against it than it held
    """
    return needed - balance


def spread(
    total: Decimal, weights: Sequence[Decimal], precision: Decimal = CENT
) -> list[Decimal]:
    """A total divided by weights so that the parts add up to it exactly.

    The parts are rounded down; the units that are left over go to the largest remainders, the
    first of equal ones.

    :param weights: zero or more each
    :raises ValueError: if there is something to divide and nothing to divide it by
    """
    scaled = [int(weight * SCALE) for weight in weights]
    whole = sum(scaled)
    units = int(abs(total) / precision)
    if not whole:
        if units:
            raise ValueError("there is nothing to divide the amount by")
        return [Decimal(0)] * len(scaled)
    if min(scaled) < 0:
        raise ValueError("weights are not below zero")
    parts, rests = zip(*(divmod(units * weight, whole) for weight in scaled), strict=True)
    parts = list(parts)
    by_rest = sorted(range(len(rests)), key=lambda index: -rests[index])
    for index in by_rest[: units - sum(parts)]:
        parts[index] += 1
    sign = -1 if total < 0 else 1
    return [sign * part * precision for part in parts]


def set_off(amounts: Sequence[Decimal], credit: Decimal) -> list[Decimal]:
    """What is left of amounts, the first of which are paid first, after a credit."""
    left = []
    for amount in amounts:
        used = min(amount, credit)
        credit -= used
        left.append(amount - used)
    return left


def roll_rates(
    flows: Sequence[tuple[Decimal, Decimal]], worst: Fraction
) -> list[Fraction]:
    """The loss rate of each bucket from what moves on to worse ones, month after month.

    A bucket loses what rolls out of it into a worse one, times what that one loses. A bucket
    that held nothing tells nothing: its rate is that of the next one, which is prudent.

    :param flows: exposure and what of it was in a worse bucket a month later, mildest first,
        without the worst bucket
    :param worst: what the worst bucket loses
    :return: one rate for each flow and the worst one at the end
    """
    rates = [worst]
    for exposure, rolled in reversed(flows):
        share = Fraction(min(rolled, exposure)) / Fraction(exposure) if exposure > 0 else 1
        rates.append(rates[-1] * share)
    return rates[::-1]
