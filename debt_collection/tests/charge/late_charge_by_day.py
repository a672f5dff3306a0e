"""Late charges reckoned a second time, in another way: one day after the other.

Nothing is shared with `tools/late_charge.py` but the terms: rates are looked up by walking the
list, amounts are fractions, and a stretch ends where a day differs from the day before it.
"""

from calendar import isleap
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

DAY = timedelta(days=1)


def rounded(amount, precision):
    units = Fraction(amount) / Fraction(precision)
    whole = (Decimal(units.numerator) / Decimal(units.denominator)).quantize(
        Decimal(1), ROUND_HALF_UP
    )
    return whole * precision


def percent_on(day, default_day, terms, values):
    """The percentage of a day, by walking through the values of the reference rate."""
    if not terms.is_referenced:
        return terms.rate
    looked_up = default_day if terms.rate_mode == "fixed" else day
    if terms.rate_period == "halfyear":
        looked_up = looked_up.replace(month=1 if looked_up.month < 7 else 7, day=1)
    found = None
    for start, value in sorted(values):
        if start <= looked_up:
            found = Decimal(value)
    return found * terms.multiplier + terms.margin


def year_of(day, terms):
    if terms.rate_unit == "day":
        return 1
    if terms.day_base == "actual":
        return 366 if isleap(day.year) else 365
    return int(terms.day_base)


class Meter:
    """Counts days of one kind, and rounds what they cost when the kind changes."""

    def __init__(self, precision):
        self.precision = precision
        self.kind, self.days = None, 0

    def count(self, kind):
        """Count a day; return what the days of another kind before it cost."""
        cost = self.settle() if kind != self.kind else Decimal(0)
        self.kind = kind
        self.days += 1
        return cost

    def settle(self):
        """What the days counted since the last settling cost."""
        if not self.days:
            return Decimal(0)
        principal, percent, year = self.kind
        cost = Fraction(principal) * Fraction(percent) * self.days / (100 * year)
        self.days = 0
        return rounded(cost, self.precision)


def by_day(amount, due, as_of, terms, values, payments, credits, charged_to, precision):
    """Interest and fee that are not charged yet, and what is open of the principal.

    :return: tuple of interest, fee, principal
    """
    principal = amount - sum(part for day, part in [*payments, *credits] if day <= due)
    start = due + DAY + terms.grace_days * DAY
    late = [part for day, part in [*payments, *credits] if due < day < start and day <= as_of]
    if principal <= 0 or as_of < start or sum(late) >= principal:
        left = sum(part for day, part in [*payments, *credits] if due < day <= as_of)
        return Decimal(0), Decimal(0), max(principal - left, Decimal(0))
    fee = Decimal(0)
    for limit, sum_ in sorted(terms.fee_tiers):
        if principal >= limit:
            fee = sum_
    first = due + DAY if terms.is_grace_charged else start
    last_charged = max(charged_to, default=due)
    meter, interest = Meter(precision), Decimal(0)
    costs, accrued = fee, Decimal(0)

    def book(cost, day):
        nonlocal accrued, interest
        accrued += cost
        if day > last_charged:
            interest += cost

    day = due + DAY
    while day <= as_of:
        if day >= first and principal:
            book(meter.count((principal, percent_on(day, due + DAY, terms, values),
                              year_of(day, terms))), day - DAY)
        received = sum((part for when, part in payments if when == day), Decimal(0))
        credited = sum((part for when, part in credits if when == day), Decimal(0))
        if received or credited or day in charged_to or day == as_of:
            book(meter.settle(), day)
        if day in charged_to:
            costs = accrued = Decimal(0)
        if terms.allocation == "interest":
            for_costs = min(received, costs)
            for_interest = min(received - for_costs, accrued)
            costs, accrued = costs - for_costs, accrued - for_interest
            received -= for_costs + for_interest
        principal = max(principal - received - credited, Decimal(0))
        day += DAY
    return interest, fee, principal
