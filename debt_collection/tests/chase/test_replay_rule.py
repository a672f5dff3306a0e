from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ...tools.replay import Item, Plan, replay
from ...tools.steps import Span, Step

DUE = date(2025, 3, 1)
CALL, LETTER, FINAL, VISIT = 1, 2, 3, 4


def on(days):
    return DUE + timedelta(days=days)


def get_steps(due, amount):
    def at(days, key, **values):
        day = due + timedelta(days=days)
        return Step(key, Span(day, day), **values)

    return [
        at(3, CALL, band=0, is_first=True), at(15, LETTER, band=0, is_letter=True),
        at(45, FINAL, band=1, is_letter=True), at(70, VISIT, band=2),
    ]


def get_repeat(key, date_done):
    if key != VISIT:
        return None
    day = date_done + timedelta(days=14)
    return Span(day, day)


PLAN = Plan(get_steps, get_repeat, (1, 31, 61), minimum=1.0, gap_days=7)


def in_time(_key, _cycle, _occurrence, span, _day):
    return span.deadline


@tagged("post_install", "-at_install", "debt_collection")
class TestReplayRule(BaseCase):
    """What a policy would have done in the past: the rule alone."""

    def _replay(self, items, pauses=(), days=120, get_done=in_time):
        return [
            ((made.day - DUE).days, made.key, made.cycle, made.occurrence)
            for made in replay(items, pauses, on(1), on(days), PLAN, get_done)
        ]

    def test_unpaid(self):
        self.assertEqual(
            self._replay([Item(DUE, 100.0)]),
            [(3, CALL, 1, 1), (15, LETTER, 1, 1), (45, FINAL, 1, 1), (70, VISIT, 1, 1),
             (84, VISIT, 1, 2), (98, VISIT, 1, 3), (112, VISIT, 1, 4)],
        )

    def test_paid(self):
        """What is paid ends it; what is paid in part does not."""
        part = Item(DUE, 100.0, ((on(10), 60.0), (on(20), 40.0)))
        self.assertEqual(self._replay([part]), [(3, CALL, 1, 1), (15, LETTER, 1, 1)])
        # A night sees what was paid on the days before it.
        self.assertEqual(
            self._replay([Item(DUE, 100.0, ((on(15), 100.0),))]),
            [(3, CALL, 1, 1), (15, LETTER, 1, 1)],
        )

    def test_the_worst_is_paid(self):
        """What is left is chased from the start of its own stage, in a new cycle."""
        items = [Item(DUE, 100.0, ((on(50), 100.0),)), Item(on(40), 50.0)]
        self.assertEqual(
            self._replay(items, days=70),
            [(3, CALL, 1, 1), (15, LETTER, 1, 1), (45, FINAL, 1, 1), (51, CALL, 2, 1),
             (55, LETTER, 2, 1)],
        )

    def test_pauses(self):
        """A promise holds all, a dispute its item; afterwards what is due goes on."""
        self.assertEqual(
            self._replay([Item(DUE, 100.0)], pauses=[(on(2), on(12))], days=30),
            [(13, CALL, 1, 1), (15, LETTER, 1, 1)],
        )
        disputed = Item(DUE, 100.0, away=((on(1), on(30)),))
        self.assertEqual(self._replay([disputed], days=30), [])
        self.assertEqual(
            self._replay([disputed, Item(on(5), 10.0)], days=30),
            [(8, CALL, 1, 1), (20, LETTER, 1, 1)],
        )
        self.assertEqual(self._replay([Item(DUE, 0.5)]), [])

    def test_never_done(self):
        """A step nobody does stands in the list; it is not made twice."""
        self.assertEqual(
            self._replay([Item(DUE, 100.0)], days=20, get_done=lambda *_args: None),
            [(3, CALL, 1, 1), (15, LETTER, 1, 1)],
        )
