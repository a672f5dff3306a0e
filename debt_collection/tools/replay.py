"""Which steps a policy would have made for a debt in the past: a pure rule.

Night by night as `tools/steps.py` decides, on what the ledger says of each day: which items
were overdue, what was paid by then, what was disputed, planned or promised. Nights on which
nothing changes are passed over. Replaying the policy in force gives the steps that were made.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .steps import Facts, Row, Span, Step, decide, stage_of_tier

LEAST = 0.005
STAGES = ("first", "midterm", "severe")
DAY = timedelta(days=1)


class Item(NamedTuple):
    """A debt: when it is due, how much, what was paid of it when, and when nobody chased it.

    ``moves`` are tuples of the day and the amount; a night sees those of the days before it.
    ``away`` are tuples of first and last day, both inclusive, the last ``None`` for open.
    """

    due: date
    amount: float
    moves: tuple = ()
    away: tuple = ()


class Plan(NamedTuple):
    """A policy as the replay asks it.

    :param get_steps: the steps that are meant for a debt due on a day and an amount
    :param get_repeat: the span in which a step comes again that was done on a day, or ``None``
    :param band_days: the first day overdue of each tier, ascending
    """

    get_steps: Callable[[date, float], Sequence[Step]]
    get_repeat: Callable[[int, date], Span | None]
    band_days: Sequence[int]
    minimum: float = 0.0
    gap_days: int = 0
    catch_up_days: int = 7


class Made(NamedTuple):
    """A step as it was made: the night, the step, until when, and the time in its cycle."""

    day: date
    key: int
    span: Span
    cycle: int
    occurrence: int


def replay(
    items: Sequence[Item],
    pauses: Collection[tuple],
    first: date,
    last: date,
    plan: Plan,
    get_done: Callable[[int, int, int, Span, date], date | None],
) -> list[Made]:
    """The steps made from one night to another, both inclusive, in their order.

    :param pauses: tuples of first and last day on which the whole case waits
    :param get_done: by step, cycle, occurrence, span and the night it was made, the day on which
        it was done, or ``None`` for never
    """
    made, rows, deadlines, done_on, times = [], {}, {}, {}, {}
    letters = {}  # by step and cycle, the night on which its letter was made
    cycle, stage, began, day = 1, None, None, first
    known = first
    while day <= last:
        for key in [key for key, done in done_on.items() if done < day]:
            rows[key] = Row("done", done_on.pop(key))
        owed = [(item, get_rest(item, day)) for item in items if item.due < day]
        owed = [(item, rest) for item, rest in owed if rest > LEAST]
        if not owed:
            break  # settled: what comes later is another case
        chased = [(item, rest) for item, rest in owed if not _is_within(item.away, day)]
        amount = sum(rest for _item, rest in chased)
        wake = None
        if not chased or amount < plan.minimum or _is_within(pauses, day):
            for key in _get_planned(rows):
                rows[key] = Row("paused")
                done_on.pop(key, None)
                letters.pop((key, cycle), None)
        else:
            due = min(item.due for item, _rest in chased)
            band = _get_band(plan.band_days, (day - due).days)
            now = STAGES.index(stage_of_tier(band, len(plan.band_days)))
            if stage is not None and now < stage:
                for key in _get_planned(rows):
                    letters.pop((key, cycle), None)
                cycle, began = cycle + 1, None
                for state in (rows, deadlines, done_on, times):
                    state.clear()
            stage = now
            steps, current = _get_current(plan, due, amount, rows, deadlines)
            decision = decide(steps, current, Facts(
                day, band, known, bool(rows) or cycle > 1, began,
                max(letters.values(), default=None), plan.gap_days, plan.catch_up_days,
            ))
            began, wake = decision.began, decision.wake
            written = {step.key for step in steps if step.is_letter}
            for key in decision.skipped:
                rows[key], deadlines[key] = Row("gone"), day
                times[key] = times.get(key, 0) + 1
            for key, span in decision.made.items():
                if not (key in rows and rows[key].state == "paused"):
                    times[key] = times.get(key, 0) + 1
                    made.append(Made(day, key, span, cycle, times[key]))
                rows[key] = Row("planned")
                deadlines[key] = max(span.deadline, day)
                done = get_done(key, cycle, times[key], span, day)
                if done is not None:
                    done_on[key] = max(done, day)
                if key in written:
                    letters[key, cycle] = day
        day = _get_next_day(items, pauses, plan, day, done_on, wake, owed)
    return made


def _get_planned(rows):
    return [key for key, row in rows.items() if row.state == "planned"]


def get_rest(item, day):
    """What a night sees of a debt: the amount less what was paid on the days before."""
    return item.amount - sum(amount for paid, amount in item.moves if paid < day)


def _is_within(spans, day):
    return any(start <= day and (end is None or day <= end) for start, end in spans)


def _get_band(band_days, overdue):
    return max((place for place, first in enumerate(band_days) if first <= overdue), default=0)


def _get_current(plan, due, amount, rows, deadlines):
    """The steps with the spans of this time, and the rows without those that come again."""
    steps, current = [], dict(rows)
    for step in plan.get_steps(due, amount):
        row = rows.get(step.key)
        if row and row.state in ("done", "gone"):
            again = plan.get_repeat(step.key, row.date_done or deadlines[step.key])
            if again:
                step = step._replace(span=again)
                del current[step.key]
        steps.append(step)
    return steps, current


def _get_next_day(items, pauses, plan, day, done_on, wake, owed):
    """The next night on which anything may be different."""
    days = [done + DAY for done in done_on.values()]
    if wake:
        days.append(wake)
    days += [item.due + DAY for item in items]
    days += [paid + DAY for item, _rest in owed for paid, _amount in item.moves]
    days += [
        item.due + timedelta(days=number) for item, _rest in owed for number in plan.band_days
    ]
    for start, end in [*pauses, *(span for item, _rest in owed for span in item.away)]:
        days.append(start)
        if end:
            days.append(end + DAY)
    return min((moment for moment in days if moment > day), default=date.max)
