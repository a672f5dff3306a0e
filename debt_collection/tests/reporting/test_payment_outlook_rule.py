import random
from datetime import date, timedelta
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from ...tools.payment_outlook import (
    FIRST,
    HORIZON,
    LAST,
    Calendar,
    Counts,
    Outlook,
    get_band,
    get_day_of,
    get_kept_rate,
    get_planned_chance,
    get_promised_chance,
    get_slowed,
    get_width,
    slow,
)

AS_OF = date(2025, 9, 30)


def count(*rows):
    """Counts of tuples ``lateness paid left``; all entered 30 days before they were due."""
    counts = Counts()
    for lateness, paid, left in rows:
        counts.add(-30, entered=paid + left)
        counts.add(lateness, paid=paid, left=left)
    return counts


def ago(days):
    return AS_OF - timedelta(days=days)


@tagged("post_install", "-at_install", "debt_collection")
class TestPaymentOutlook(BaseCase):
    """When items will be paid: the rule alone."""

    def test_given_not_paid_until_now(self):
        """Half pay on time, half 20 days late: one 10 days late waits for the second day."""
        outlook = Outlook(AS_OF, {1: count((0, 50, 0), (20, 50, 0))})
        for lateness, days, expected in [
            (-10, 5, 0.0), (-10, 13, 0.5), (-10, 25, 0.5), (-10, 33, 1.0),
            (10, 5, 0.0), (10, 13, 1.0),
        ]:
            self.assertAlmostEqual(
                outlook.get_chance(1, ago(lateness), days), expected, delta=0.05,
                msg=(lateness, days),
            )
        early, middle, late = outlook.get_days(1, ago(10))
        self.assertTrue(9 <= early <= middle <= late <= 12, (early, middle, late))

    def test_open_items_count_as_not_yet(self):
        """Five paid on the day due and five still open a month later: half, not all."""
        paid = Outlook(AS_OF, {1: count((0, 5, 0))})
        outlook = Outlook(AS_OF, {1: count((0, 5, 0), (30, 0, 5))})
        self.assertGreater(paid.get_chance(1, ago(-3), 7), 0.85)
        self.assertAlmostEqual(outlook.get_chance(1, ago(-3), 7), 0.5, delta=0.1)

    def test_who_has_little_history_leans_on_the_company(self):
        company = {number: count((30, 10, 0)) for number in range(2, 12)}
        chances = []
        for own in (0, 1, 3, 20):
            outlook = Outlook(AS_OF, {1: count((0, own, 0)), **company} if own else company)
            chances.append(outlook.get_chance(1, ago(-3), 7))
        self.assertLess(chances[0], 0.05)
        self.assertEqual(chances, sorted(chances))
        self.assertGreater(chances[-1], 0.75)

    def test_like_customers(self):
        """A new customer of a country where all pay late is expected late; elsewhere not."""
        histories = {number: count((30 * (number % 2), 6, 0)) for number in range(2, 42)}
        likes = {number: ("same", number % 2) for number in range(2, 42)}
        outlook = Outlook(AS_OF, histories, {**likes, 0: ("same", 0), 1: ("same", 1)})
        self.assertEqual(outlook.like, 1)
        self.assertGreater(outlook.get_chance(0, ago(-3), 7), 0.9)
        self.assertLess(outlook.get_chance(1, ago(-3), 7), 0.1)

    def test_nothing_known(self):
        outlook = Outlook(AS_OF, {})
        early, middle, late = outlook.get_days(1, ago(0))
        self.assertTrue(1 <= early < middle < late <= HORIZON)
        self.assertTrue(7 <= middle <= 60, middle)

    def test_long_overdue(self):
        """What nobody paid for a year is not expected next week."""
        outlook = Outlook(AS_OF, {1: count((0, 40, 0), (400, 0, 20))})
        self.assertLess(outlook.get_chance(1, ago(400), 28), 0.05)

    def test_days_of_payment(self):
        rng = random.Random(1)
        for kind, pays, expected in [
            ("end", lambda day: (day + timedelta(days=1)).day == 1, date(2025, 10, 31)),
            ("day", lambda day: day.day == 15, date(2025, 10, 15)),
            # Ready after up to nine days: rather the second Thursday than the first.
            ("weekday", lambda day: day.weekday() == 3, date(2025, 10, 9)),
            (None, lambda day: True, None),
        ]:
            with self.subTest(kind=kind):
                payments, counts = [], Counts()
                for _number in range(60):
                    due = ago(rng.randint(40, 400))
                    paid = due + timedelta(days=rng.randint(0, 9))
                    while not pays(paid):
                        paid += timedelta(days=1)
                    payments.append((due, paid))
                    counts.add(-30, entered=1)
                    counts.add((paid - due).days, paid=1)
                outlook = Outlook(AS_OF, {1: counts}, payments={1: payments})
                calendar = outlook._get_calendar(1)
                self.assertEqual(calendar and calendar.kind, kind)
                if kind:
                    path = outlook.get_path(1, ago(0))
                    steps = [after - before for before, after in pairwise(path[:45])]
                    likely = AS_OF + timedelta(days=steps.index(max(steps)) + 1)
                    self.assertEqual(likely, expected)

    def test_one_payment_day_is_no_pattern(self):
        self.assertIsNone(Calendar.recognise([(ago(40), ago(31))] * 60, lambda: [0.1] * 10))

    def test_level_and_band(self):
        """Customers who all pay later than before: the level falls, the band holds the week."""
        outlook = Outlook(AS_OF, {1: count((0, 100, 0)), 2: count((0, 100, 0))})
        late = [
            (number % 2 + 1, ago(60 + number), ago(30 + number), 100.0, [], None)
            for number in range(40)
        ]
        outlook.learn(late)
        self.assertLess(outlook.level, 0.8)
        for expected, spread in [(0, 0), (100, 0), (100, 10), (100, 80), (5, 50)]:
            low, high = get_band(expected, spread)
            self.assertTrue(0 <= low <= high, (expected, spread))
        self.assertAlmostEqual(get_band(100, 10)[0], 87.2, delta=0.5)
        self.assertAlmostEqual(get_band(100, 10)[1], 112.9, delta=0.5)

    def test_band_learns_its_width(self):
        """The width is that which held what came, four weeks out of five."""
        for came, width in [(100, 0.05), (113, 1.05), (75, 2.1), (900, 3.0)]:
            self.assertAlmostEqual(get_width(100, 10, came), width, delta=0.06, msg=came)

    def test_promised(self):
        def usual(days):
            return min(1.0, days / 100)

        for days, until, expected in [
            (4, 5, 0.0), (5, 5, 0.7), (8, 5, 0.7), (100, 5, 1.0), (1, -2, 0.7),
        ]:
            self.assertAlmostEqual(
                get_promised_chance(days, until, 0.7, usual), expected, msg=(days, until)
            )
        for kept, judged, expected in [(0, 0, 0.6), (4, 4, 0.8), (0, 4, 0.3)]:
            self.assertAlmostEqual(get_kept_rate(kept, judged), expected)

    def test_planned_and_slowed(self):
        parts = [(-3, 0.25), (10, 0.25), (40, 0.5)]
        for days, expected in [(1, 0.2), (9, 0.2), (10, 0.4), (90, 0.8)]:
            self.assertAlmostEqual(get_planned_chance(days, parts, 0.8), expected)
        self.assertEqual(get_slowed("disputed"), 0.25)
        self.assertEqual(get_slowed("legal"), 0.1)
        self.assertAlmostEqual(get_slowed("disputed", paid=20, expected=20), 0.75)
        self.assertEqual(slow(1.0, 0.5), 1.0)
        self.assertAlmostEqual(slow(0.75, 0.5), 0.5)
        self.assertEqual(get_day_of(lambda days: days / 10, 0.5), 5)
        self.assertEqual(get_day_of(lambda days: 0.0, 0.5), HORIZON)

    def test_chances_are_chances(self):
        """Between 0 and 1, rising with the days, the three days in order, path and single alike.

        On 150 random ledgers, whatever was paid, left or never came.
        """
        for seed in range(150):
            with self.subTest(seed=seed):
                self._check_ledger(random.Random(seed))

    def _check_ledger(self, rng):
        histories = {}
        for _number in range(rng.randint(0, 40)):
            counts = histories.setdefault(rng.randint(1, 4), Counts())
            days, weight = rng.randint(-40, 400), rng.uniform(0.01, 1)
            paid = rng.random() < 0.6
            counts.add(-60, entered=weight)
            counts.add(days, paid=weight * paid, left=weight * (not paid))
        outlook = Outlook(AS_OF, histories, {key: (key % 2,) for key in histories})
        customer, lateness = rng.randint(1, 5), rng.randint(-150, 500)
        due = ago(lateness)
        chances = [outlook.get_chance(customer, due, days) for days in range(0, 400, 7)]
        for before, after in pairwise(chances):
            self.assertLessEqual(before, after + 1e-9)
        self.assertTrue(all(0 <= chance <= 1 for chance in chances))
        early, middle, late = outlook.get_days(customer, due)
        self.assertTrue(1 <= early <= middle <= late <= HORIZON)
        for days, chance in outlook.get_probabilities(customer, due).items():
            self.assertAlmostEqual(chance, outlook.get_chance(customer, due, days), places=6)

    def test_kaplan_meier(self):
        """Without a prior it is the product of Kaplan and Meier, computed by hand.

        Ten items: two paid on day 10, one left open on day 15, three paid on day 20.
        """
        counts = count((10, 2, 0), (15, 0, 1), (20, 3, 0), (60, 0, 4))
        hazards = counts.get_hazards([0.0] * (LAST - FIRST + 1), 1e-9)
        share = 1.0
        for hazard in hazards[: 40 - FIRST]:
            share *= 1 - hazard
        # Neighbouring days share what happens on one, so the product is met roughly.
        self.assertAlmostEqual(share, (8 / 10) * (4 / 7), delta=0.06)
