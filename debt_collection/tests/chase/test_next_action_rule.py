from odoo.tests import BaseCase, tagged

from ...tools.next_action import choose, get_points, spread


@tagged("post_install", "-at_install", "debt_collection")
class TestNextActionRule(BaseCase):
    """Which action on which case first: the rule alone."""

    def test_without_a_trial_the_risk_ranks(self):
        """What was merely followed by money is not claimed as its effect."""
        for planned, possible, method in [
            ("email", ["phone", "email"], "email"),
            ("visit", ["phone", "email"], "phone"),
            ("", ["letter"], "letter"),
            ("letter", [], "letter"),
        ]:
            choice = choose(1000.0, 0.8, planned, possible, {}, {})
            self.assertEqual((choice.method, choice.gain), (method, 0.0))
            self.assertAlmostEqual(choice.value, 800.0)

    def test_with_a_trial_the_gain_a_minute_decides(self):
        possible = ["email", "phone"]
        minutes = {"email": 2, "phone": 10}
        choice = choose(1000.0, 0.5, "email", possible, minutes, {"phone": 0.06})
        self.assertEqual(choice.method, "phone")
        self.assertAlmostEqual(choice.gain, 30.0)
        self.assertAlmostEqual(choice.value, 3.0)
        # A smaller effect for a fifth of the time.
        choice = choose(1000.0, 0.5, "phone", possible, minutes, {"phone": 0.06, "email": 0.02})
        self.assertEqual(choice.method, "email")
        # What a trial proved of calls helps nobody who cannot be called.
        choice = choose(1000.0, 0.5, "email", ["email"], minutes, {"phone": 0.06})
        self.assertEqual((choice.method, choice.gain), ("email", 0.0))
        self.assertEqual(choose(1000.0, 0.5, "", possible, minutes, {"phone": -0.1}).gain, 0.0)

    def test_values(self):
        for amount, risk, expected in [(-5, 0.5, 0), (100, 2, 100), (100, -1, 0), (0, 1, 0)]:
            self.assertEqual(choose(amount, risk, "phone", [], {}, {}).at_risk, expected)
        self.assertEqual(choose(9.0, 1, "phone", [], {"phone": 0}, {}).minutes, 10.0)
        points = [get_points(value) for value in (-1, 0, 9, 99, 99_999)]
        self.assertEqual(points, [0, 0, 20, 40, 100])

    def test_hours_are_spread(self):
        queues = {"mild": list(range(100, 120)), "severe": list(range(200, 220))}
        minutes = dict.fromkeys([*queues["mild"], *queues["severe"]], 10)
        order = spread(queues, {"mild": 25, "severe": 75}, minutes)
        self.assertEqual(len(order), 40)
        for first in (8, 16, 24):
            severe = sum(case >= 200 for case in order[:first])
            self.assertAlmostEqual(severe / first, 0.75, delta=0.1)
        for group in queues.values():
            self.assertEqual([case for case in order if case in group], group)
        # The time counts, not the number: a visit is worth nine calls.
        minutes |= dict.fromkeys(queues["severe"], 90)
        order = spread(queues, {"mild": 50, "severe": 50}, minutes)
        self.assertGreaterEqual(sum(case < 200 for case in order[:12]), 9)
        # Who has no share waits.
        order = spread(queues, {"severe": 100}, minutes)
        self.assertEqual(order, queues["severe"] + queues["mild"])
