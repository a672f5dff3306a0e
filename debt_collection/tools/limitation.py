"""When a debt is time-barred: a pure rule.

A period runs from the due date, or from the end of the year it lies in. What the law of a
country counts as an interruption starts it anew from the day of the event. Nothing revives a
debt whose last day is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

EVENT_KINDS = ("demand", "acknowledgment", "payment", "plan", "suit")


@dataclass(frozen=True)
class Rule:
    """The limitation law of a country.

    :param start_rule: ``due``: the period begins with the due date; ``year_end``: with the last
        day of its year. A period begun anew by an event always counts from the event.
    :param demand_interrupts: a demand that was delivered
    :param acknowledgment_restarts: a debtor's acknowledgment, and a payment plan agreed to
    :param part_payment_restarts: money paid on the debt
    :param suit_restarts: a claim filed in court
    """

    years: int
    start_rule: str = "due"
    demand_interrupts: bool = False
    acknowledgment_restarts: bool = False
    part_payment_restarts: bool = False
    suit_restarts: bool = False

    def restarts_on(self, kind: str) -> bool:
        """Whether an event of a kind starts the period anew."""
        return {
            "demand": self.demand_interrupts,
            "acknowledgment": self.acknowledgment_restarts,
            "payment": self.part_payment_restarts,
            "plan": self.acknowledgment_restarts,
            "suit": self.suit_restarts,
        }[kind]


@dataclass(frozen=True)
class Limitation:
    """The last day on which the debt can be claimed, and the event that the day rests on."""

    last_day: date
    kind: str
    event_date: date


def years_later(start: date, years: int) -> date:
    """The same day of a later year; the last of February where 29 February is missing."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def limitation(rule: Rule, due: date, events: Iterable[tuple[date, str]] = ()) -> Limitation:
    """The limitation of a debt.

    :param due: the due date of the debt
    :param events: dates and kinds (``EVENT_KINDS``) of what happened, in any order
    """
    start = date(due.year, 12, 31) if rule.start_rule == "year_end" else due
    current = Limitation(years_later(start, rule.years), "due", due)
    for day, kind in sorted(events):
        # Before its start there is no period to interrupt, after its end none is left.
        if rule.restarts_on(kind) and start <= day <= current.last_day:
            current = Limitation(years_later(day, rule.years), kind, day)
    return current


def warning_level(days_left: int, thresholds: Iterable[int]) -> int:
    """The smallest number of days before the end that has been reached; 0 when none has."""
    return min((days for days in thresholds if days_left <= days), default=0)
