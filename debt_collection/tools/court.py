"""The dates of a claim in court: pure rules on what can follow what."""

from datetime import date, timedelta
from typing import NamedTuple

PRESERVATION_AHEAD = timedelta(days=30)
"""An order that keeps assets in place may come before the claim, which follows within these days
(as in China's Civil Procedure Law on preservation before action)."""

DECIDED = ("filed", "order", "judgment", "enforcement")
"""What is a fact once it is entered: none of them lies in the future."""

SEQUENCE = (
    ("filed", "evidence"), ("filed", "judgment"),
    ("judgment", "appeal_end"), ("judgment", "enforcement"), ("judgment", "enforcement_end"),
    ("order", "order_end"),
)
"""Pairs of which the first is never later than the second."""


class Hearing(NamedTuple):
    """A hearing that was not cancelled.

    :ivar is_held: it took place
    :ivar is_after: its kind comes after the judgment: on appeal, or of enforcement
    """

    day: date
    is_held: bool
    is_after: bool = False


class Problem(NamedTuple):
    """Why dates cannot be right: ``future`` (`first` lies ahead) or ``order``."""

    code: str
    first: str
    second: str = ""


def find_problem(dates: dict[str, date | None], hearings, today: date) -> Problem | None:
    """The first thing that is wrong with the dates of a claim; ``None``: nothing is.

    :param dates: ``filed evidence order order_end judgment appeal_end enforcement
        enforcement_end``, as far as they are known
    :param hearings: of the claim, see `Hearing`
    """
    for name in DECIDED:
        if dates.get(name) and dates[name] > today:
            return Problem("future", name)
    for first, second in SEQUENCE:
        if dates.get(first) and dates.get(second) and dates[first] > dates[second]:
            return Problem("order", first, second)
    filed, order, judgment = dates.get("filed"), dates.get("order"), dates.get("judgment")
    if filed and order and order < filed - PRESERVATION_AHEAD:
        return Problem("order", "filed", "order")
    for hearing in hearings:
        if hearing.is_held and hearing.day > today:
            return Problem("future", "hearing")
        if filed and hearing.is_held and hearing.day < filed:
            return Problem("order", "filed", "hearing")
        if not judgment:
            continue
        if hearing.is_after and hearing.day < judgment:
            return Problem("order", "judgment", "hearing")
        if hearing.is_held and not hearing.is_after and hearing.day > judgment:
            return Problem("order", "hearing", "judgment")
    return None
