from datetime import date, timedelta
from itertools import cycle

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.steps import Facts, Row, Span, Step, decide, simulate
from ..base.large import IS_LARGE, has_large_form, size

DUE = date(2025, 1, 1)
CALL, LETTER, SECOND, FORMAL, VISIT, FINAL, FORCE, LAWYER, DECISION = range(1, 10)
# Key, first day and deadline in days after the due date, band, whether it is a letter.
CADENCE = [
    (CALL, 1, 3, 0, False), (LETTER, 3, 3, 0, True), (SECOND, 13, 15, 0, False),
    (FORMAL, 31, 31, 1, True), (VISIT, 31, 31, 1, False), (FINAL, 45, 45, 1, True),
    (FORCE, 61, 61, 2, False), (LAWYER, 75, 75, 2, True), (DECISION, 90, 90, 2, False),
]
HISTORIES = size(60, 2000)
NIGHTS = size(200, 365)
AGES = range(1, 901, size(13, 1))


def on(days):
    return DUE + timedelta(days=days)


def band_of(days):
    return 0 if days <= 30 else 1 if days <= 60 else 2


def cadence(**after):
    return [
        Step(key, Span(on(first), on(last)), band, is_letter, after.get(f"step_{key}"),
             key in (CALL, LETTER))
        for key, first, last, band, is_letter in CADENCE
    ]


def facts(days, **values):
    return Facts(on(days), band_of(days), **{
        "known_since": on(1), "gap_days": 7, "is_contacted": True, **values,
    })


def gone(*keys):
    return dict.fromkeys(keys, Row("gone"))


class History:
    """Nights of one case: what was made, sent and skipped, and whether the rules held.

    ``done`` says, again and again, whether a planned step is done in the evening. ``after`` are
    the steps that the final notice and the lawyer letter wait for.
    """

    def __init__(self, first_day, pauses=(), done=(False, False, True), after=(None, None)):
        self.first_day, self.last_day = first_day, first_day + NIGHTS - 1
        final, lawyer = after
        self.steps = cadence(**{f"step_{FINAL}": final, f"step_{LAWYER}": lawyer})
        self.rows, self.made, self.letters, self.skipped = {}, [], [], {}
        self.pauses = [(first_day + start, first_day + start + days) for start, days in pauses]
        self.done = cycle(done)
        self.again = []
        self.began = None
        self.coming = None

    def is_paused(self, day):
        return any(start <= day <= end for start, end in self.pauses)

    def run(self):
        is_contacted = False
        for day in range(self.first_day, self.last_day + 1):
            if self.is_paused(day):
                for key, row in self.rows.items():
                    if row.state == "planned":
                        self.rows[key] = Row("paused")
                continue
            decision = decide(self.steps, self.rows, facts(
                day, known_since=on(max(self.first_day, 1)), is_contacted=is_contacted,
                began=self.began, last_letter=self.letters[-1] if self.letters else None,
            ))
            self.began, self.coming = decision.began, decision.coming
            for key in decision.made:
                is_contacted = True
                if self.rows.get(key, Row("paused")).state != "paused":
                    self.again.append(key)
                self.made.append((day, key))
                self.rows[key] = Row("planned")
                if CADENCE[key - 1][4]:
                    self.letters.append(on(day))
            for key, reason in decision.skipped.items():
                self.skipped[key] = reason
                self.rows[key] = Row("gone")
            # Some are done, late or not at all.
            for key, row in self.rows.items():
                if row.state == "planned" and next(self.done):
                    self.rows[key] = Row("done", on(day))
        return self

    def get_faults(self):
        if any(self.is_paused(day) for day, _key in self.made):
            yield "a step during a pause"
        if any((later - former).days < 7
               for former, later in zip(self.letters, self.letters[1:], strict=False)):
            yield "two letters within the gap"
        for key in self.again:
            yield f"step {key} twice"
        if set(self.skipped.values()) - {"band", "late", "letter"}:
            yield "a step skipped without a reason"
        if self.is_paused(self.last_day):
            return
        known = max(self.first_day, 1)
        for step in self.steps:
            # Old debts reach a step late: the last ones are not looked at.
            is_asked = known <= (step.span.deadline - DUE).days <= self.last_day - 60
            if is_asked and step.key not in self.rows:
                waits_for = self.rows.get(step.after)
                if not (waits_for and waits_for.state == "planned"):
                    yield f"step {step.key} is missing"
            if step.key in self.rows and self.rows[step.key].state == "paused":
                yield f"step {step.key} was left in the pause"


histories = st.builds(
    History,
    st.one_of(st.just(0), st.integers(1, 120)),
    st.lists(st.tuples(st.integers(0, NIGHTS), st.integers(0, 40)), max_size=4),
    # Once in a while something is done, or the whole year is planned and nobody does anything.
    st.lists(st.booleans(), min_size=1, max_size=40),
    st.tuples(st.sampled_from([None, LETTER, FORMAL]), st.sampled_from([None, FINAL])),
)


@tagged("debt_collection")
class TestStepDecisions(BaseCase):
    """Which steps come on a day, as a pure rule (P3.4–P3.6)."""

    def test_decisions(self):
        final_after = f"step_{FINAL}"
        for name, steps, rows, known, made, skipped in [
            ("new debt", cadence(), {}, facts(3, is_contacted=False), [CALL, LETTER], {}),
            ("as planned", cadence(), gone(CALL, LETTER, SECOND), facts(31), [FORMAL, VISIT], {}),
            ("old debt", cadence(), {}, facts(46, known_since=on(46), is_contacted=False),
             [CALL, LETTER], {}),
            ("very old debt", cadence(), {}, facts(900, known_since=on(900), is_contacted=False),
             [CALL, LETTER], {}),
            ("a gap later", cadence(), {CALL: Row("planned"), LETTER: Row("planned")},
             facts(53, known_since=on(46), began=on(46), last_letter=on(46)),
             [FORMAL, VISIT], {}),
            ("one more gap", cadence(), {key: Row("planned") for key in (CALL, LETTER, FORMAL,
                                                                         VISIT)},
             facts(60, known_since=on(46), began=on(46), last_letter=on(53)), [FINAL], {}),
            ("after a pause", cadence(), {CALL: Row("paused"), LETTER: Row("paused")},
             facts(32), [FORMAL, VISIT], {CALL: "band", LETTER: "band", SECOND: "band"}),
            ("a backlog in a tier", cadence(), gone(CALL, LETTER, SECOND), facts(46), [FINAL],
             {FORMAL: "late", VISIT: "late"}),
            ("within the gap", cadence(), gone(CALL, LETTER, SECOND),
             facts(31, last_letter=on(25)), [VISIT], {}),
            ("waits for a planned one", cadence(**{final_after: FORMAL}),
             {**gone(CALL, LETTER, SECOND, VISIT), FORMAL: Row("planned")}, facts(45), [], {}),
            ("its turn", cadence(**{final_after: FORMAL}),
             {**gone(CALL, LETTER, SECOND, VISIT), FORMAL: Row("done", on(33))}, facts(45),
             [FINAL], {}),
            ("alone after a skipped one", cadence(**{final_after: FORMAL}),
             gone(CALL, LETTER, SECOND, FORMAL, VISIT), facts(45), [FINAL], {}),
            ("alone after a tier never known", cadence(**{final_after: LETTER}),
             gone(FORMAL, VISIT), facts(45, known_since=on(40)), [FINAL], {}),
        ]:
            with self.subTest(case=name):
                decision = decide(steps, rows, known)
                self.assertEqual(list(decision.made), made)
                self.assertEqual(decision.skipped, skipped)
        self.assertEqual(decision.alone, {FINAL})

    def test_what_comes_next(self):
        for rows, known, coming in [
            ({}, facts(0), (CALL, on(1), "")),
            (gone(CALL, LETTER, SECOND), facts(31, last_letter=on(25)), (FORMAL, on(32), "gap")),
            (gone(*range(1, 7)), facts(50), (FORCE, on(61), "")),
            (gone(*range(1, 10)), facts(95), None),
        ]:
            with self.subTest(days=known.as_of):
                self.assertEqual(decide(cadence(), rows, known).coming, coming)
        decision = decide(
            cadence(**{f"step_{FINAL}": FORMAL}),
            {**gone(CALL, LETTER, SECOND, VISIT), FORMAL: Row("planned")}, facts(45),
        )
        self.assertEqual(decision.coming, (FINAL, None, "after"))

    @has_large_form
    def test_old_debts_of_every_age(self):
        """The first night calls and writes, whatever the age; nobody sues before a contact."""
        for age in AGES:
            history = History(age).run()
            first = [key for day, key in history.made if day == age]
            if first:
                self.assertLessEqual(set(first), {CALL, LETTER, SECOND}, age)
            self.assertEqual(list(history.get_faults()), [], age)
            self.assertNotIn(history.made[0][1], (FORCE, LAWYER, DECISION), age)

    @has_large_form
    def test_nights_with_random_pauses(self):
        @settings(
            max_examples=HISTORIES, deadline=None, database=None, derandomize=not IS_LARGE,
            suppress_health_check=list(HealthCheck),
        )
        @given(histories)
        def live(history):
            faults = list(history.run().get_faults())
            self.assertEqual(faults, [], (history.pauses, history.made, history.skipped))

        live()

    def test_simulation_is_what_the_nights_do(self):
        for age in (0, 5, 20, 46, 58, 74, 300):
            with self.subTest(age=age):
                rows, made, letter, began = {}, [], None, None
                done = {}
                for day in range(age, age + 120):
                    rows |= {key: Row("done", on(last)) for key, last in done.items()
                             if last < day}
                    decision = decide(cadence(), rows, facts(
                        day, known_since=on(max(age, 1)), began=began, last_letter=letter,
                        is_contacted=bool(made),
                    ))
                    began = decision.began
                    for key, span in decision.made.items():
                        made.append((on(day), key))
                        rows[key] = Row("planned")
                        done[key] = max((span.deadline - DUE).days, day)
                        letter = on(day) if CADENCE[key - 1][4] else letter
                    rows |= gone(*decision.skipped)
                foreseen = simulate(
                    cadence(), {}, facts(age, known_since=on(max(age, 1)), is_contacted=False),
                    on(age + 119), lambda day: band_of((day - DUE).days), lambda key, day: None,
                )
                self.assertEqual([(day, key) for day, key, _span in foreseen], made)

    def test_a_step_repeats(self):
        steps = [Step(1, Span(on(61), on(61)), 2)]
        days = [day for day, _key, _span in simulate(
            steps, {}, facts(61), on(90), lambda day: 2,
            lambda key, day: Span(day + timedelta(days=7), day + timedelta(days=7)),
        )]
        self.assertEqual(days, [on(61), on(68), on(75), on(82), on(89)])

    def test_what_the_customer_does_not_want_in_a_simulation(self):
        """A step that nobody may make is dropped; one that repeats is tried again."""
        steps = [Step(1, Span(on(61), on(61)), 2), Step(2, Span(on(62), on(62)), 2),
                 Step(3, Span(on(63), on(63)), 2)]

        def get_repeat(key, day):
            later = day + timedelta(days=10)
            return Span(later, later) if key == 2 else None

        def fit(key, day):
            return day + timedelta(days=2) if key == 3 else None

        foreseen = simulate(steps, {}, facts(61), on(85), lambda day: 2, get_repeat, fit)
        self.assertEqual(foreseen, [
            (on(61), 1, None), (on(62), 2, None), (on(63), 3, Span(on(63), on(65))),
            (on(72), 2, None), (on(82), 2, None),
        ])

    def test_a_step_at_once_in_a_simulation(self):
        """After two broken promises the next stage's step comes first, and not again."""
        foreseen = simulate(
            cadence(), gone(CALL, LETTER, SECOND), facts(20), on(50),
            lambda day: band_of((day - DUE).days), lambda key, day: None, at_once=(VISIT,),
        )
        self.assertEqual(
            [(key, (day - DUE).days) for day, key, _span in foreseen],
            [(VISIT, 20), (FORMAL, 31), (FINAL, 45)],
        )
