"""Interest and fees on late payments: pure rules.

Simple interest, principal × rate × days / base, in segments of one principal, rate and base;
each segment is rounded half up to the currency's precision. It ends where one of them changes,
and at each payment and charge, which settle what was rounded by then. A day's interest is on
what was open at its beginning: a payment counts from the day after it. No interest is taken on
charges.
"""

from bisect import bisect_right
from calendar import isleap
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

DAY = timedelta(days=1)


class MissingRate(ValueError):
    """No value of the reference rate is known for a day.

    :ivar date day: the day that a value is missing for
    """

    def __init__(self, day):
        super().__init__(f"no rate is known for {day}")
        self.day = day


class Terms(NamedTuple):
    """What was agreed, or what the law says, on paying late.

    :ivar rate: percent, for debts without a reference rate; else ignored
    :ivar rate_unit: ``year``, or ``day`` for percent a day, which `day_base` does not touch
    :ivar multiplier: the reference rate is multiplied by it, then `margin` points are added
    :ivar rate_mode: ``fixed`` at the first day of default, or ``floating``
    :ivar rate_period: ``day``: the value in force on the day itself; ``halfyear``: the value
        in force on the 1 January or 1 July before
    :ivar day_base: ``365``, ``360`` or ``actual`` (366 for the days of a leap year)
    :ivar grace_days: days after the due date in which nothing is charged
    :ivar is_grace_charged: once they are over, they are charged too
    :ivar allocation: ``principal``: payments reduce the principal; ``interest``: they cover
        costs first, then interest, then principal
    :ivar fee_tiers: pairs (amount from, fee): the last whose amount is reached applies
    :ivar amount_minimum: less than this, interest and fee together, is not charged yet
    """

    rate: Decimal = Decimal(0)
    is_referenced: bool = False
    rate_unit: str = "year"
    multiplier: Decimal = Decimal(1)
    margin: Decimal = Decimal(0)
    rate_mode: str = "fixed"
    rate_period: str = "day"
    day_base: str = "365"
    grace_days: int = 0
    is_grace_charged: bool = False
    allocation: str = "principal"
    fee_tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    amount_minimum: Decimal = Decimal(0)


class Segment(NamedTuple):
    """Days in a row with one principal and one rate; both dates are inclusive.

    :ivar rate: percent, per year or per day as the terms say
    :ivar base: days of a year; 1 for a rate per day
    """

    date_from: date
    date_to: date
    days: int
    principal: Decimal
    rate: Decimal
    base: int
    interest: Decimal


class Accrual(NamedTuple):
    """What has accrued on an item and is not charged yet.

    :ivar fee: the fixed sum, once per invoice
    :ivar per_day: interest of one more day, as things stand
    :ivar principal: what of the item is still open, payments allocated as agreed
    :ivar is_below_minimum: not enough yet to be charged
    """

    segments: tuple[Segment, ...]
    interest: Decimal
    fee: Decimal
    days: int
    per_day: Decimal
    principal: Decimal
    is_below_minimum: bool


class RateTable:
    """Values of a reference rate, each in force from its date until the next.

    :param values: pairs (date, percent) in any order
    :param known_to: last day for which the values are known to be complete; none: no end
    :param is_carried_on: after that day the last value is taken, as long as nobody knows better
    """

    def __init__(self, values, known_to=None, is_carried_on=False):
        ordered = sorted(values)
        self.dates = [day for day, _value in ordered]
        self.values = [Decimal(value) for _day, value in ordered]
        self.known_to = known_to
        self.is_carried_on = is_carried_on

    def is_unknown(self, day):
        """Whether the value of a day is not known to be in force."""
        return bool(self.known_to and day > self.known_to)

    def on(self, day):
        """The value in force on a day.

        :raises MissingRate: before the first date, and after the last day that is known, unless
            the last value is carried on
        """
        position = bisect_right(self.dates, day)
        if not position or (self.is_unknown(day) and not self.is_carried_on):
            raise MissingRate(day)
        return self.values[position - 1]


def rate_on(day: date, default_day: date, terms: Terms, table: RateTable | None) -> Decimal:
    """The percentage that applies to a day of default.

    :param default_day: first day of default, the day after the due date
    :raises MissingRate: if the terms follow a table without a value for the day
    """
    if not terms.is_referenced:
        return terms.rate
    reference = reference_day(day, default_day, terms)
    return (table or RateTable([])).on(reference) * terms.multiplier + terms.margin


def reference_day(day: date, default_day: date, terms: Terms) -> date:
    """The day whose reference rate applies to a day of default."""
    reference = default_day if terms.rate_mode == "fixed" else day
    if terms.rate_period == "halfyear":
        reference = reference.replace(month=1 if reference.month <= 6 else 7, day=1)
    return reference


def unknown_since(
    segments: tuple[Segment, ...], due: date, terms: Terms, table: RateTable | None
) -> date | None:
    """The first day whose reference rate was carried on because nobody knows it; none: none."""
    if not terms.is_referenced or not table or not table.known_to:
        return None
    for segment in segments:
        first, last = (
            reference_day(day, due + DAY, terms) for day in (segment.date_from, segment.date_to)
        )
        if table.is_unknown(last):
            return max(first, table.known_to + DAY)
    return None


def base_of(day: date, terms: Terms) -> int:
    """Days of the year that a day's interest is divided by."""
    if terms.rate_unit == "day":
        return 1
    if terms.day_base == "actual":
        return 366 if isleap(day.year) else 365
    return int(terms.day_base)


def interest_of(principal, rate, days, base, precision=Decimal("0.01")):
    """Simple interest, rounded half up to the currency's precision."""
    amount = principal * rate * days / (100 * base)
    return (amount / precision).quantize(Decimal(1), ROUND_HALF_UP) * precision


def fee_of(principal: Decimal, tiers) -> Decimal:
    """The fixed fee on a late debt of this size."""
    return max(
        ((start, fee) for start, fee in tiers if principal >= start), default=(0, Decimal(0))
    )[1]


def accrue(
    amount: Decimal,
    due: date,
    as_of: date,
    terms: Terms,
    table: RateTable | None = None,
    payments=(),
    credits=(),
    charged_to=(),
    has_fee: bool = True,
    is_fee_charged: bool = False,
    precision: Decimal = Decimal("0.01"),
) -> Accrual:
    """What has accrued on one item up to the end of a day.

    With the allocation ``interest``, payments cover the fee and the interest accrued by then
    before they reduce the principal. What was charged is a debt of its own: at each charged-to
    date the interest still open starts at zero again.

    :param amount: the item's amount, tax included
    :param due: last day to pay; interest begins on the day after
    :param as_of: last day to count, inclusive
    :param payments: pairs (date, amount) of money that reduced the item, in any order
    :param credits: pairs (date, amount) of what else reduced it, always its principal
    :param charged_to: last days of what was charged on the item before; days up to the latest
        are not charged again
    :param has_fee: whether the item bears the fixed fee of its invoice
    :param is_fee_charged: whether that was charged before
    :raises MissingRate: if a day that counts has no rate
    """
    default_day = due + DAY
    start = default_day + terms.grace_days * DAY
    if terms.is_grace_charged and as_of >= start:
        first = default_day
    else:
        first = start
    paid_early, late_payments = _split_payments(payments, due, as_of)
    credited_early, late_credits = _split_payments(credits, due, as_of)
    principal = max(amount - paid_early - credited_early, Decimal(0))
    received_late = [*late_payments.items(), *late_credits.items()]
    settled_in_grace = _is_settled_before(principal, received_late, start)
    if as_of < start or settled_in_grace or not principal:
        left = max(principal - sum(part for _day, part in received_late), Decimal(0))
        return Accrual((), Decimal(0), Decimal(0), 0, Decimal(0), left, False)

    fee = fee_of(principal, terms.fee_tiers) if has_fee else Decimal(0)
    open_costs = fee
    open_interest = Decimal(0)
    last_charged = max(charged_to, default=date.min)
    segments = []
    begin = first
    reductions = [*late_payments, *late_credits]
    for end in sorted(_get_cuts(first, as_of, reductions, charged_to, terms, table)):
        if end >= begin and principal:
            segment = _get_segment(begin, end, principal, default_day, terms, table, precision)
            open_interest += segment.interest
            if begin > last_charged:
                segments.append(segment)
        begin = max(end + DAY, begin)
        if end in charged_to:
            open_costs = open_interest = Decimal(0)
        received = late_payments.get(end, Decimal(0))
        if terms.allocation == "interest":
            for_costs = min(received, open_costs)
            for_interest = min(received - for_costs, open_interest)
            open_costs -= for_costs
            open_interest -= for_interest
            received -= for_costs + for_interest
        received += late_credits.get(end, Decimal(0))
        principal = max(principal - received, Decimal(0))
    interest = sum((segment.interest for segment in segments), Decimal(0))
    fee = Decimal(0) if is_fee_charged else fee
    per_day = _get_interest_per_day(principal, as_of, default_day, terms, table, precision)
    return Accrual(
        tuple(segments),
        interest,
        fee,
        sum(segment.days for segment in segments),
        per_day,
        principal,
        interest + fee < terms.amount_minimum,
    )


def _get_interest_per_day(principal, as_of, default_day, terms, table, precision):
    """Interest of the day after; at the last known rate where its own is not known yet."""
    if not principal:
        return Decimal(0)
    day = as_of + DAY
    try:
        rate = rate_on(day, default_day, terms, table)
    except MissingRate:
        rate = rate_on(as_of, default_day, terms, table)
    return interest_of(principal, rate, 1, base_of(day, terms), precision)


def _split_payments(payments, due, as_of):
    """What came by the due date, and what came later, by day."""
    early, late = Decimal(0), {}
    for day, received in payments:
        if day <= due:
            early += received
        elif received and day <= as_of:
            late[day] = late.get(day, Decimal(0)) + received
    return early, late


def _is_settled_before(principal, payments, day):
    """Whether all was paid before a day."""
    return sum(received for when, received in payments if when < day) >= principal


def _get_cuts(first, as_of, reductions, charged_to, terms, table):
    """Last days of stretches in which neither principal, rate nor base can change.

    A payment ends a stretch even if the principal stays: it covers the interest until then, as
    rounded then.
    """
    cuts = {as_of, *reductions, *charged_to}
    possible = {date(year, 12, 31) for year in range(first.year, as_of.year + 1)}
    if terms.is_referenced and terms.rate_mode == "floating":
        if terms.rate_period == "halfyear":
            possible.update(date(year, 6, 30) for year in range(first.year, as_of.year + 1))
        possible.update(day - DAY for day in (table.dates if table else ()))
    cuts.update(day for day in possible if first <= day < as_of and _changes(day, terms, table))
    return {cut for cut in cuts if cut <= as_of}


def _changes(day, terms, table):
    """Whether the rate or base of the day after differ, as far as they are known."""
    after = day + DAY
    if base_of(day, terms) != base_of(after, terms):
        return True
    if not terms.is_referenced or terms.rate_mode == "fixed":
        return False
    try:
        return rate_on(day, day, terms, table) != rate_on(after, day, terms, table)
    except MissingRate:
        return True


def _get_segment(begin, end, principal, default_day, terms, table, precision):
    days = (end - begin).days + 1
    rate, base = rate_on(end, default_day, terms, table), base_of(end, terms)
    return Segment(
        begin, end, days, principal, rate, base,
        interest_of(principal, rate, days, base, precision),
    )
