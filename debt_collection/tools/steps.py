"""Which steps of a policy a case gets on a day: pure rules (P3.4–P3.6)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """When a step is put on somebody's list, and its last day, both inclusive."""

    start: date
    deadline: date


def split_due(
    spans: Mapping[int, Span], recorded: Collection[int], as_of: date, catch_up_days: int
) -> tuple[list[int], list[int]]:
    """The steps to make now and those to leave out, each in the order of deadlines.

    A step is made once its span has begun. What should have been made long ago, because the
    add-on was not there or the case was paused, is left out: nobody gets nine to-dos at once.
    The latest one is always made, and so is all of the last ``catch_up_days``.

    :param spans: by step, for the steps whose conditions the case meets
    :param recorded: the steps that were made or left out before
    :param catch_up_days: days after its deadline within which a step is still made
    """
    begun = sorted(
        (step for step, span in spans.items() if step not in recorded and span.start <= as_of),
        key=lambda step: spans[step].deadline,
    )
    if not begun:
        return [], []
    oldest = min(as_of - timedelta(days=catch_up_days), spans[begun[-1]].deadline)
    made = [step for step in begun if spans[step].deadline >= oldest]
    return made, begun[: len(begun) - len(made)]


def stage_of_tier(position: int, count: int) -> str:
    """The stage of a case whose worst tier is at ``position`` of a ladder of ``count``.

    The first tier is for the first collection, the last for the severe one (P3.6), those
    between for the mid-term collection (P3.5).
    """
    if position == 0:
        return "first"
    return "severe" if position == count - 1 else "midterm"
