"""Which steps of a policy a case gets on a day: pure rules (P3.4–P3.6)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
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


class Step(NamedTuple):
    """A step of the policy that is meant for such a customer and amount.

    ``band`` is the position of its tier in the ladder, ``None`` for any. ``after`` is the step
    that comes first. ``is_first`` marks what a debt begins with that was old before we knew it.
    """

    key: int
    span: Span
    band: int | None = None
    is_letter: bool = False
    after: int | None = None
    is_first: bool = False


class Row(NamedTuple):
    """What became of a step in this cycle; ``state`` is ``planned paused done gone``."""

    state: str
    date_done: date | None = None


class Facts(NamedTuple):
    """What is known of a case on a day.

    ``known_since`` is the day on which its debt was first seen, ``began`` the first day of the
    chase of a debt that was old by then, ``last_letter`` the day of the last letter.
    """

    as_of: date
    band: int
    known_since: date
    is_contacted: bool = False
    began: date | None = None
    last_letter: date | None = None
    gap_days: int = 0
    catch_up_days: int = 7


class Coming(NamedTuple):
    """The next step, its day where one is known, and what it waits for.

    ``wait`` is ``after`` another step, the ``gap`` between letters, or nothing but its day.
    """

    key: int
    date: date | None
    wait: str = ""


class Decision(NamedTuple):
    """What is to be done on a day: steps made with their spans, steps left out with reasons.

    ``alone`` are the steps made although what they wait for never came, ``began`` is the first
    day of the chase of an old debt, ``wake`` the first day on which something may follow.
    """

    made: dict[int, Span]
    skipped: dict[int, str]
    alone: frozenset[int]
    coming: Coming | None
    began: date | None
    wake: date | None


def decide(steps: Sequence[Step], rows: Mapping[int, Row], facts: Facts) -> Decision:
    """Which steps a case that nothing pauses gets on a day.

    * A debt that was old before we knew it begins with a first contact; the steps of its band
      follow, a gap apart, until they are back on the policy's days.
    * After a pause or a backlog only what is for where the debt is now is made, and one letter.
      Steps left behind are skipped: ``band`` when their tier is over, ``late`` when later ones
      have begun, ``letter`` when another letter takes their place.
    * A step waits for the one that it comes after, unless that one was skipped or cannot come.
    * No letter is made within the gap after another one.
    """
    began = facts.began or _find_beginning(steps, rows, facts)
    facts = facts._replace(began=began)
    spans = _get_spans_since(steps, facts)
    first_day = _get_first_day(steps)
    skipped = {}
    begun, later = [], []
    for step in sorted(steps, key=lambda step: spans[step.key].deadline):
        row = rows.get(step.key)
        if row and row.state != "paused":
            continue
        if spans[step.key].start > facts.as_of:
            later.append(step)
        elif began and step.is_first:
            begun.append(step)
        elif _is_in_band(step, facts.band):
            if began and step.span.deadline <= first_day:
                skipped[step.key] = "late"  # the first contact takes its place
            else:
                begun.append(step)
        elif step.band < facts.band:
            # What fell due before anybody knew of the debt was never asked for.
            if row or spans[step.key].deadline >= facts.known_since:
                skipped[step.key] = "band"
        else:
            later.append(step)
    waiting = {}
    ready = []
    for step in begun:
        spans[step.key], wait = _get_span_after(step, steps, rows, skipped, spans, facts)
        if wait == "planned" or spans[step.key].start > facts.as_of:
            waiting[step.key] = "after" if wait == "planned" else ""
        else:
            ready.append(step)
    made, late = split_due(
        {step.key: spans[step.key] for step in ready}, (), facts.as_of, facts.catch_up_days
    )
    skipped |= dict.fromkeys(late, "late")
    chosen = [step for step in ready if step.key in made]
    alone = set()
    for step in list(chosen):
        wait = _get_span_after(step, steps, rows, skipped, spans, facts)[1]
        if wait in ("planned", "coming"):
            chosen.remove(step)
            waiting[step.key] = "after"
        elif wait == "alone":
            alone.add(step.key)
    chosen = _keep_one_letter(chosen, spans, facts, skipped, waiting)
    coming = [*_get_waiting(waiting, spans, facts), *_get_later(later, spans, facts)]
    made = {step.key: spans[step.key] for step in chosen}
    return Decision(
        made, skipped, frozenset(alone & made.keys()), coming[0] if coming else None, began,
        min((item.date for item in coming if item.date), default=None),
    )


def simulate(
    steps: Sequence[Step],
    rows: Mapping[int, Row],
    facts: Facts,
    last_day: date,
    get_band: Callable[[date], int],
    get_repeat: Callable[[int, date], Span | None],
    fit: Callable[[int, date], date | None] = lambda _key, day: day,
    at_once: Collection[int] = (),
    turns: Mapping[date, Callable] = MappingProxyType({}),
) -> list[tuple[date, int, Span | None]]:
    """What `decide` says from a day to another, both inclusive, each step done on its deadline.

    :param get_band: the band of the debt on a day
    :param get_repeat: when a step comes again that was done on a day, ``None`` for never
    :param fit: the first day from a deadline on at which the customer may be contacted for a
        step, ``None`` for never
    :param at_once: the steps that are made on the first day, whatever their own days
    :param turns: by day a function of the steps by key, what became of each, and when it was
        done last, which says with which steps and rows it goes on: more is owed, for example
    :return: tuples of the day, the step and its span, in the order of days; no span where the
        customer may not be contacted
    """
    steps = {step.key: step for step in steps}
    rows = dict(rows)
    done_on, done = {}, {}
    turns = sorted(turns.items())
    result = []
    day = facts.as_of

    def make(key, span):
        """Put a step on the list, or drop it where nobody may contact the customer."""
        planned = max(span.deadline, day)
        end = fit(key, planned)
        if end is None:
            result.append((day, key, None))
            again = get_repeat(key, planned)
            if again:
                steps[key] = steps[key]._replace(span=again)
                rows.pop(key, None)
            else:
                rows[key] = Row("gone")
            return None
        result.append((day, key, Span(day, end)))
        rows[key] = Row("planned")
        done_on[key] = end
        return day if steps[key].is_letter else None

    while day <= last_day:
        for key in [key for key, date_done in done_on.items() if date_done < day]:
            date_done = done_on.pop(key)
            span = get_repeat(key, date_done)
            if span:
                steps[key] = steps[key]._replace(span=span)
                del rows[key]
            else:
                rows[key] = Row("done", date_done)
            done[key] = date_done
        while turns and turns[0][0] <= day:
            _date, turn = turns.pop(0)
            steps, rows = turn(steps, rows, done)
            done_on = {key: last for key, last in done_on.items() if key in rows}
        for key in at_once:
            facts = facts._replace(
                last_letter=make(key, Span(day, day)) or facts.last_letter, is_contacted=True
            )
        at_once = ()
        facts = facts._replace(as_of=day, band=get_band(day))
        decision = decide(list(steps.values()), rows, facts)
        rows.update(dict.fromkeys(decision.skipped, Row("gone")))
        for key, span in decision.made.items():
            facts = facts._replace(last_letter=make(key, span) or facts.last_letter)
        facts = facts._replace(
            began=decision.began, is_contacted=facts.is_contacted or bool(decision.made)
        )
        days = [date_done + timedelta(days=1) for date_done in done_on.values()]
        if any(key not in done_on for key in decision.made):
            days.append(day + timedelta(days=1))  # what was dropped lets others come sooner
        if decision.wake:
            days.append(decision.wake)
        if turns:
            days.append(turns[0][0])
        if not days:
            break
        day = max(min(days), day + timedelta(days=1))
    return result


def _is_in_band(step, band):
    return step.band is None or step.band == band


def _get_first_day(steps):
    return max((step.span.deadline for step in steps if step.is_first), default=date.min)


def _find_beginning(steps, rows, facts):
    """The day as the beginning of the chase, if the debt was old when it was first seen."""
    first = [step.span.deadline for step in steps if step.is_first]
    if rows or facts.is_contacted or not first:
        return None
    oldest = facts.known_since - timedelta(days=facts.catch_up_days)
    return facts.as_of if max(first) < oldest else None


def _get_spans_since(steps, facts):
    """By key, when steps are due; for an old debt a gap apart from its first contact on."""
    spans = {step.key: step.span for step in steps}
    began = facts.began
    if not began:
        return spans
    first_day = _get_first_day(steps)
    last, group, start = began, None, None
    is_pushed = True
    gap = timedelta(days=max(facts.gap_days, 1))
    for step in sorted(steps, key=lambda step: step.span.deadline):
        span = step.span
        if step.is_first:
            spans[step.key] = Span(began, max(span.deadline, began))
        elif span.deadline > first_day and _is_in_band(step, facts.band) and is_pushed:
            if span.deadline != group:
                last = start or last
                group, start = span.deadline, last + gap
                is_pushed = span.start < start
            if is_pushed:
                spans[step.key] = Span(max(span.start, start), max(span.deadline, start))
    return spans


def _get_span_after(step, steps, rows, skipped, spans, facts):
    """When a step is due after the one it waits for, and how that one stands.

    :return: tuple of the span and of ``planned`` (it is on somebody's list), ``coming`` (it will
        be), ``alone`` (it will not come any more) or empty
    """
    span = spans[step.key]
    if step.after is None:
        return span, ""
    row = rows.get(step.after)
    if row and row.state == "done" and row.date_done:
        return Span(max(span.start, row.date_done), max(span.deadline, row.date_done)), ""
    if row and row.state == "planned":
        return span, "planned"
    if (row and row.state != "paused") or step.after in skipped:
        return span, "alone"
    first = next((other for other in steps if other.key == step.after), None)
    if first and (
        first.band is None or first.band >= facts.band or (facts.began and first.is_first)
    ):
        return span, "coming"
    return span, "alone"


def _keep_one_letter(chosen, spans, facts, skipped, waiting):
    """The steps without all letters but the last; without that one, too, within the gap."""
    letters = [step for step in chosen if step.is_letter]
    if not letters:
        return chosen
    kept = letters[-1]
    for step in letters[:-1]:
        if spans[step.key].deadline == spans[kept.key].deadline:
            waiting[step.key] = "gap"
        else:
            skipped[step.key] = "letter"
    if facts.last_letter and (facts.as_of - facts.last_letter).days < facts.gap_days:
        waiting[kept.key] = "gap"
    return [step for step in chosen if step.key not in waiting and step.key not in skipped]


def _get_waiting(waiting, spans, facts):
    """The steps that wait for more than their day, the earliest first."""
    for key in sorted(waiting, key=lambda key: (spans[key].deadline, key)):
        if waiting[key] == "gap":
            last = facts.last_letter or facts.as_of
            day = max(last + timedelta(days=facts.gap_days), facts.as_of + timedelta(days=1))
        else:
            day = None if waiting[key] else spans[key].start
        yield Coming(key, day, waiting[key])


def _get_later(later, spans, facts):
    """The steps that wait for their day or tier only, the earliest first."""
    tomorrow = facts.as_of + timedelta(days=1)
    ahead = [step for step in later if step.band is None or step.band >= facts.band]
    for step in sorted(ahead, key=lambda step: (spans[step.key].start, spans[step.key].deadline)):
        yield Coming(step.key, max(spans[step.key].start, tomorrow))
