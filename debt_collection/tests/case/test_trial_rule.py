import random
from math import sqrt

from odoo.tests import BaseCase, tagged

from ...tools.trial import (
    LOOKS,
    commit,
    compare,
    draw,
    get_bound,
    get_look,
    get_needed,
    judge,
)


@tagged("post_install", "-at_install", "debt_collection")
class TestTrialRule(BaseCase):
    """Champion and challenger: the rule alone."""

    def _run(self, rng, base, effect, share, needed):
        outcomes = []
        for _number in range(needed):
            is_challenger = rng.random() < share
            outcomes.append((is_challenger, rng.random() < base + effect * is_challenger))
        return judge(outcomes, needed)

    def test_false_alarms(self):
        """A thousand trials of a plan against itself: one in twenty finds a difference."""
        for share, base in ((0.5, 0.6), (0.2, 0.4)):
            with self.subTest(share=share, base=base):
                rng = random.Random(25)
                needed = get_needed(base, 0.1, share)
                alarms = sum(
                    self._run(rng, base, 0.0, share, needed)[2] == "effect"
                    for _trial in range(1000)
                )
                self.assertTrue(40 <= alarms <= 60, alarms)

    def test_power(self):
        """Effects that are there are found as often as was said."""
        for power, base, effect, share in (
            (0.8, 0.6, 0.1, 0.5), (0.9, 0.5, -0.12, 0.5), (0.8, 0.4, 0.12, 0.25),
        ):
            with self.subTest(power=power, effect=effect):
                rng = random.Random(7)
                needed = get_needed(base, effect, share, power)
                results = [self._run(rng, base, effect, share, needed) for _trial in range(600)]
                found = sum(stop == "effect" for _look, _result, stop in results) / 600
                self.assertAlmostEqual(found, power, delta=0.05)
                # The interval holds the effect that is there.
                holds = sum(
                    result.low <= effect <= result.high for _look, result, _stop in results
                ) / 600
                self.assertGreaterEqual(holds, 0.93)

    def test_needed(self):
        # Fleiss' formula by hand for 50 % against 60 %, half each: 774 with one look.
        self.assertAlmostEqual(get_needed(0.5, 0.1) / 1.024, 774, delta=4)
        self.assertGreater(get_needed(0.5, 0.05), 3.5 * get_needed(0.5, 0.1))
        self.assertGreater(get_needed(0.5, 0.1, share=0.1), 2 * get_needed(0.5, 0.1))
        self.assertGreater(get_needed(0.5, 0.1, power=0.9), get_needed(0.5, 0.1))

    def test_looks(self):
        for ended, needed, expected in [
            (0, 100, 0), (24, 100, 0), (25, 100, 1), (99, 100, 3), (100, 100, 4), (500, 100, 4),
            (2, 7, 1), (7, 7, 4),
        ]:
            self.assertEqual(get_look(ended, needed)[0], expected, (ended, needed))
        self.assertEqual(get_look(40, 100), (1, 25))
        bounds = [get_bound(look) for look in range(1, LOOKS + 1)]
        self.assertEqual([round(bound, 2) for bound in bounds], [4.05, 2.86, 2.34, 2.02])

    def test_what_came_after_a_look_does_not_change_it(self):
        """Who looks late sees what the look would have shown in time."""
        first = [(number % 2 == 1, number % 2 == 1) for number in range(25)]
        rest = [(number % 2 == 1, number % 2 == 0) for number in range(70)]
        look, result, stop = judge(first + rest, 100)
        self.assertEqual((look, stop), (1, "effect"))
        self.assertAlmostEqual(result.difference, 1.0)

    def test_difference(self):
        result = compare((50, 100), (60, 100), 1.96)
        self.assertAlmostEqual(result.difference, 0.1)
        # Newcombe's method 10 for 60/100 against 50/100.
        self.assertAlmostEqual(result.low, -0.0365, delta=0.002)
        self.assertAlmostEqual(result.high, 0.2309, delta=0.002)
        self.assertAlmostEqual(result.score, 0.1 / sqrt(0.55 * 0.45 * 0.02))
        self.assertIsNone(compare((0, 0), (1, 2), 2))
        self.assertEqual(compare((5, 5), (5, 5), 2).score, 0.0)

    def test_draw(self):
        numbers = [draw("secret", case_id) for case_id in range(4000)]
        self.assertEqual(numbers[17], draw("secret", 17))
        self.assertNotEqual(numbers[17], draw("other", 17))
        self.assertTrue(all(0 <= number < 1 for number in numbers))
        self.assertAlmostEqual(sum(number < 0.2 for number in numbers) / 4000, 0.2, delta=0.02)
        self.assertEqual(len(commit("secret")), 64)
