"""Champion and challenger: how many cases a trial needs, who gets which plan, when it stops.

The rule is fixed before: the trial looks at its result four times, after a quarter, half, three
quarters and all of its cases, in the order in which they began, each time with the bound of
O'Brien and Fleming 1979. So it finds a difference that is not there in one trial of twenty,
however often somebody looks. The interval of a difference is Newcombe's (1998, method 10) at the
bound of the look.

Pure rules: no ORM, no NumPy.
"""

import hashlib
from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

LOOKS = 4
BOUND = 2.024  # O'Brien and Fleming, four looks, five per cent, two-sided
INFLATION = 1.024  # cases more than with a single look, for a power of 80 to 90 %
NORMAL = NormalDist()


def draw(secret, case_id):
    """The number of a case, 0 <= number < 1, that anybody can check who knows the secret."""
    digest = hashlib.sha256(f"{secret}/{case_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def commit(secret):
    """What is sealed of the secret before the first case is drawn."""
    return hashlib.sha256(secret.encode()).hexdigest()


def get_needed(base, effect, share=0.5, power=0.8):
    """After how many cases in both arms an effect is seen with this power.

    :param base: the share of the champion's cases that end well, 0 to 1
    :param effect: how much larger or smaller the challenger's share is, as -0.1 to 0.1
    :param share: of the cases that get the challenger
    """
    other = min(0.999, max(0.001, base + effect))
    pooled = (1 - share) * base + share * other
    wide = sqrt(pooled * (1 - pooled) * (1 / share + 1 / (1 - share)))
    narrow = sqrt(other * (1 - other) / share + base * (1 - base) / (1 - share))
    total = (NORMAL.inv_cdf(0.975) * wide + NORMAL.inv_cdf(power) * narrow) / (other - base)
    return ceil(INFLATION * total * total)


def get_bound(look):
    """The least distance from zero, in standard errors, that stops the trial at a look."""
    return BOUND * sqrt(LOOKS / look)


def get_look(ended, needed):
    """The number of the latest look that so many ended cases allow, 0 for none, and its cases."""
    look = min(LOOKS, ended * LOOKS // needed) if needed else 0
    return look, ceil(look * needed / LOOKS) if look < LOOKS else needed


class Result(NamedTuple):
    """Shares of both arms that ended well, and the challenger's share less the champion's."""

    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    score: float


def _get_wilson(well, count, z):
    share, square = well / count, z * z / count
    middle = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return middle - half, middle + half


def compare(champion, challenger, bound):
    """The difference of two arms with its interval; ``None`` while one of them is empty.

    :param champion: tuple ``ended_well cases``; the challenger's the same
    :param bound: of the look, in standard errors
    """
    (well_0, count_0), (well_1, count_1) = champion, challenger
    if not count_0 or not count_1:
        return None
    share_0, share_1 = well_0 / count_0, well_1 / count_1
    pooled = (well_0 + well_1) / (count_0 + count_1)
    error = sqrt(pooled * (1 - pooled) * (1 / count_0 + 1 / count_1))
    low_0, high_0 = _get_wilson(well_0, count_0, bound)
    low_1, high_1 = _get_wilson(well_1, count_1, bound)
    difference = share_1 - share_0
    return Result(
        share_0, share_1, difference,
        difference - sqrt((share_1 - low_1) ** 2 + (high_0 - share_0) ** 2),
        difference + sqrt((high_1 - share_1) ** 2 + (share_0 - low_0) ** 2),
        difference / error if error else 0.0,
    )


def judge(outcomes, needed):
    """What the trial says by now.

    :param outcomes: list of tuples ``is_challenger ended_well`` of the cases whose time is up,
        in the order in which they began
    :return: tuple of the look (0 before the first), the `Result` of it or ``None``, and whether
        the trial stops: ``effect``, ``complete`` or empty
    """
    last, _cases = get_look(len(outcomes), needed)
    result = None
    for look in range(1, last + 1):
        _look, cases = get_look(ceil(look * needed / LOOKS), needed)
        arms = [[0, 0], [0, 0]]
        for is_challenger, well in outcomes[:cases]:
            arms[is_challenger][0] += well
            arms[is_challenger][1] += 1
        result = compare(arms[0], arms[1], get_bound(look))
        if result and abs(result.score) >= get_bound(look):
            return look, result, "effect"
    return last, result, "complete" if last == LOOKS else ""
