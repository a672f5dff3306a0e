"""Which action on which case first: a pure rule that claims no more than was seen.

What a case has at risk is what is to be collected times the chance that it is not paid within
30 days. Whether an action changes that, only a trial tells in which chance decided who got it:
that money followed an action is no proof, for it may have come anyway. So without a trial cases
are ranked by what they have at risk, and the next action is the one the policy has planned. With
one, an action is worth the risk times the least that the trial leaves of its effect, by minute.
"""

from math import log10
from typing import NamedTuple

MINUTES = {"phone": 10.0, "visit": 90.0, "letter": 5.0, "email": 3.0, "legal": 30.0, "other": 10.0}


class Choice(NamedTuple):
    """The action chosen, the money at risk, and what a trial says it brings, or 0."""

    method: str
    at_risk: float
    gain: float
    minutes: float

    @property
    def value(self):
        """By what cases are ranked: money a minute where it was proved, else money at risk."""
        return self.gain / self.minutes if self.gain else self.at_risk


def choose(amount, risk, planned, possible, minutes, effects):
    """The next best action on a case.

    :param amount: to collect, in company currency
    :param risk: the chance that it is not paid within 30 days, 0 to 1
    :param planned: method of the action that the policy has planned, or empty
    :param possible: the methods by which the customer can be reached
    :param minutes: by method, what the action costs
    :param effects: by method, the least that a trial leaves of its effect: a share of cases
    """
    at_risk = max(0.0, amount) * min(1.0, max(0.0, risk))
    proved = {
        method: at_risk * effects[method] for method in possible if effects.get(method, 0) > 0
    }

    def get_minutes(method):
        return max(0.5, minutes.get(method) or MINUTES.get(method, 10.0))

    if proved:
        method = max(proved, key=lambda name: (proved[name] / get_minutes(name), name))
        return Choice(method, at_risk, proved[method], get_minutes(method))
    method = planned if planned in possible or not possible else possible[0]
    return Choice(method, at_risk, 0.0, get_minutes(method))


def get_points(value):
    """A whole number that grows with the value: tenfold money is 20 points more."""
    return round(20 * log10(1 + max(0.0, value)))


def spread(queues, shares, minutes):
    """One order of the cases of several groups, in which each gets its share of the time.

    Each next case is taken from the group that has had the least time of its share. Groups
    without a share come last, in their own order; without any share all keep the order given.

    :param queues: by group, its cases, the first to be done first
    :param shares: by group, its share of the hours; 0 or missing: none
    :param minutes: by case, what it takes
    """
    rest = {group: list(reversed(cases)) for group, cases in queues.items()}
    used = dict.fromkeys(queues, 0.0)
    order = []
    while ready := [group for group in queues if rest[group] and shares.get(group, 0) > 0]:
        group = min(
            ready,
            key=lambda name: (
                (used[name] + minutes[rest[name][-1]] / 2) / shares[name], -shares[name]
            ),
        )
        case = rest[group].pop()
        used[group] += minutes[case]
        order.append(case)
    for group in queues:
        order += reversed(rest[group])
    return order
