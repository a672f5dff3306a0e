"""The explainable priority of a case: a pure rule.

Each reason gives a share from 0 to 1 of its weight; the priority is the sum, so that a
collector can check it by adding up.
"""

from dataclasses import dataclass

MANY_PROMISES = 3
LONG_SILENCE = 30
LIMITATION_NEAR = 180


@dataclass(frozen=True)
class Weights:
    """Points at most for each reason; ``full_amount`` is what gets all points for amount."""

    amount: float = 30
    tier: float = 25
    broken: float = 15
    silence: float = 15
    limitation: float = 10
    promise_due: float = 20
    full_amount: float = 10000


def score(
    weights: Weights,
    amount: float,
    tier_share: float,
    broken_promises: int,
    days_silent: int | None,
    days_to_limitation: int | None,
    promise_due: bool,
) -> dict[str, int]:
    """Points by reason, whole numbers, without the reasons that give none.

    :param amount: to collect, in the company's currency
    :param tier_share: place of the worst tier in the ladder, 1 for the last one, 0 for none
    :param days_silent: days since the last contact; None if there was none
    :param days_to_limitation: days left until the debt is time-barred; None if not known
    """
    shares = {
        "amount": min(amount / weights.full_amount, 1) if weights.full_amount > 0 else 0,
        "tier": tier_share,
        "broken": min(broken_promises, MANY_PROMISES) / MANY_PROMISES,
        "silence": 1 if days_silent is None else min(days_silent, LONG_SILENCE) / LONG_SILENCE,
        "limitation": (
            0
            if days_to_limitation is None
            else min(max(1 - days_to_limitation / LIMITATION_NEAR, 0), 1)
        ),
        "promise_due": int(promise_due),
    }
    points = {name: round(share * getattr(weights, name)) for name, share in shares.items()}
    return {name: value for name, value in points.items() if value}
