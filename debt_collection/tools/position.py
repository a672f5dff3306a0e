"""What is to be collected of a customer in one company: each amount is taken off once.

Amounts are Decimals. The same rules stand in SQL for all customers at once
(``collection.position._get_positions``); a test compares the two.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """An overdue item, with what is open of it in its own and in the company's currency.

    ``disputed`` is in company currency, and at most what is open; ``is_planned`` says that a
    performing plan covers the item.
    """

    currency: str
    own: Decimal
    company: Decimal
    disputed: Decimal = ZERO
    is_planned: bool = False


@dataclass
class Position:
    """The amounts of one currency; each is at least zero."""

    overdue: Decimal = ZERO
    disputed: Decimal = ZERO
    planned: Decimal = ZERO
    on_its_way: Decimal = ZERO
    credits: Decimal = ZERO
    promised: Decimal = ZERO
    to_collect: Decimal = ZERO
    company: dict = field(default_factory=dict)
    """The same amounts in company currency, by name."""


def spread(amount, rests):
    """Give an amount to rests in their order; what none of them needs is left over.

    :return: list of Decimals, each at most its rest
    """
    shares = []
    for rest in rests:
        share = max(min(amount, rest), ZERO)
        shares.append(share)
        amount -= share
    return shares


def share_of(part, whole, amount, precision):
    """``amount`` × ``part`` / ``whole``, rounded half up; all of it when all is meant."""
    if part >= whole:
        return amount if whole else ZERO
    return (amount * part / whole).quantize(precision, ROUND_HALF_UP)


def get_positions(items, on_its_way, credits, promises, company_currency, precisions):
    """What is to be collected, by currency.

    What is disputed or planned of an item is taken off first. Of the rest, oldest first and in
    each currency by its own amounts, money on its way and credits are taken off, then what is
    promised. A promise in company currency goes on with items in other currencies.

    :param items: list of ``Item``, the oldest due date first
    :param on_its_way: dict by currency of the money on its way
    :param credits: dict by currency of the credits that are set off
    :param promises: dict by currency of what is promised and has not come
    :param precisions: dict by currency of its smallest unit
    :return: dict by currency of ``Position``
    """
    free, free_company, disputed = [], [], []
    for item in items:
        own = share_of(item.disputed, item.company, item.own, precisions[item.currency])
        disputed.append(own)
        free.append(ZERO if item.is_planned else item.own - own)
        free_company.append(ZERO if item.is_planned else item.company - item.disputed)
    way, covered = [ZERO] * len(items), [ZERO] * len(items)
    rest, promised = list(free), [ZERO] * len(items)
    for currency in {item.currency for item in items}:
        own = [number for number, item in enumerate(items) if item.currency == currency]
        coming = on_its_way.get(currency, ZERO)
        rests = [free[number] for number in own]
        for number, part in zip(own, spread(coming, rests), strict=True):
            way[number] = part
        pot = coming + credits.get(currency, ZERO)
        for number, part in zip(own, spread(pot, rests), strict=True):
            covered[number] = part
            rest[number] = free[number] - part
        rests = [rest[number] for number in own]
        for number, part in zip(own, spread(promises.get(currency, ZERO), rests), strict=True):
            promised[number] = part
    unit = precisions[company_currency]

    def to_company(number, amount):
        return share_of(amount, free[number], free_company[number], unit)

    left = promises.get(company_currency, ZERO) - sum(
        part for part, item in zip(promised, items, strict=True)
        if item.currency == company_currency
    )
    others = [
        number for number, item in enumerate(items) if item.currency != company_currency
    ]
    uncovered = [
        free_company[number] - to_company(number, covered[number] + promised[number])
        for number in others
    ]
    for number, part, whole in zip(others, spread(left, uncovered), uncovered, strict=True):
        promised[number] += share_of(
            part, whole, rest[number] - promised[number], precisions[items[number].currency]
        )
    positions = {}
    for number, item in enumerate(items):
        position = positions.setdefault(item.currency, Position())
        held = item.own - disputed[number] - free[number]
        done = covered[number] + promised[number]
        position.overdue += item.own
        position.disputed += disputed[number]
        position.planned += held
        position.on_its_way += way[number]
        position.credits += covered[number] - way[number]
        position.promised += promised[number]
        position.to_collect += free[number] - done
        levels = [to_company(number, level) for level in (way[number], covered[number], done)]
        for name, amount in (
            ("overdue", item.company),
            ("disputed", item.disputed),
            ("planned", item.company - item.disputed - free_company[number]),
            ("on_its_way", levels[0]),
            ("credits", levels[1] - levels[0]),
            ("promised", levels[2] - levels[1]),
            ("to_collect", free_company[number] - levels[2] if free[number] else ZERO),
        ):
            position.company[name] = position.company.get(name, ZERO) + amount
    return positions
