"""From indicators to grade and score: pure rules (P5.2, P5.3).

The grade counts indicators at target. The score is for ranking only and never overrides it.
"""

from dataclasses import dataclass
from decimal import Decimal

from .indicators import half_up

CAP = Decimal("1.2")
"""How much of a target one indicator can bring to the score at most."""
FEW_INDICATORS, FEW_DAYS = 3, 30
"""With fewer indicators or days assigned than these a grade is provisional."""


@dataclass(frozen=True)
class Indicator:
    """An indicator measured: its value, ``None`` without data, and what it is held against."""

    actual: Decimal | None
    target: Decimal
    weight: Decimal = Decimal(1)
    lower_is_better: bool = False


def is_met(indicator: Indicator) -> bool:
    """Whether the indicator is at target, both as they are displayed."""
    actual, target = half_up(indicator.actual), half_up(indicator.target)
    return actual <= target if indicator.lower_is_better else actual >= target


def achievement(indicator: Indicator) -> Decimal:
    """How much of its target the indicator reached: 1 is all of it, 1.2 the most."""
    actual, target = indicator.actual, indicator.target
    if not target:
        return Decimal(1 if is_met(indicator) else 0)
    ratio = actual / target
    return max(min(2 - ratio if indicator.lower_is_better else ratio, CAP), Decimal(0))


def is_provisional(indicators: list[Indicator], days_assigned: int) -> bool:
    """Whether too little is known for an excellent grade."""
    measured = [indicator for indicator in indicators if indicator.actual is not None]
    return bool(measured) and (len(measured) < FEW_INDICATORS or days_assigned < FEW_DAYS)


def grade(indicators: list[Indicator], days_assigned: int) -> str:
    """The grade: ``excellent``, ``good``, ``pass``, ``fail``, or ``unrated`` without data."""
    measured = [indicator for indicator in indicators if indicator.actual is not None]
    met = sum(is_met(indicator) for indicator in measured)
    if not measured:
        return "unrated"
    if met == len(measured):
        return "good" if is_provisional(indicators, days_assigned) else "excellent"
    if 2 * met > len(measured):
        return "good"
    return "pass" if met else "fail"


def score(indicators: list[Indicator]) -> Decimal | None:
    """The weighted achievement in per cent, ``None`` when nothing with a weight has data."""
    measured = [indicator for indicator in indicators if indicator.actual is not None]
    weights = sum(indicator.weight for indicator in measured)
    if not weights:
        return None
    total = sum(indicator.weight * achievement(indicator) for indicator in measured)
    return half_up(total * 100 / weights)
