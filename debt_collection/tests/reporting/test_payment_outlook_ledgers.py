import random
from collections import defaultdict
from datetime import date, timedelta
from math import sqrt

from odoo.tests import BaseCase, tagged

from ...tools.payment_outlook import HALF_LIFE, Counts, Outlook, get_band

FIRST, LAST = date(2023, 1, 2), date(2025, 3, 31)
CUTS = [date(2024, 6, 3) + timedelta(days=28 * number) for number in range(9)]
WEEKS = 4


def make_ends(rng):
    """Forty customers who pay at month ends, on Thursdays or any day; some in two parts."""
    for customer in range(40):
        pays, lag, day = rng.choice(("end", "thursday", "any")), rng.choice((0, 3, 10)), FIRST
        while (day := day + timedelta(days=rng.randint(3, 20))) < LAST:
            due = day + timedelta(days=30)
            paid = due + timedelta(days=lag + rng.randint(0, 6))
            while (pays == "end" and (paid + timedelta(days=1)).day != 1) or (
                pays == "thursday" and paid.weekday() != 3
            ):
                paid += timedelta(days=1)
            amount = round(rng.lognormvariate(6, 0.8), 2)
            parts = [(paid, amount)]
            if rng.random() < 0.2:
                later = paid + timedelta(days=rng.randint(10, 40))
                parts = [(paid, amount / 2), (later, amount / 2)]
            yield customer, day, due, amount, parts, ()


def make_once(rng):
    """A thousand customers with an invoice or two each, as late as their country is."""
    for customer in range(1000):
        country = rng.randrange(4)
        day = FIRST + timedelta(days=rng.randint(0, 780))
        for _number in range(1 if rng.random() < 0.8 else 2):
            due = day + timedelta(days=14)
            paid = max(day, due + timedelta(days=round(rng.gauss((-1, 3, 12, 30)[country], 5))))
            parts = [(paid, 100.0)] if rng.random() < 0.97 else []
            yield customer, day, due, 100.0, parts, (country,)
            day += timedelta(days=rng.randint(20, 150))


def make_tails(rng):
    """Eighty customers of all terms whose delays have no end, and a few bad debts."""
    for customer in range(80):
        terms, scale, day = rng.choice((0, 7, 30, 60, 90)), rng.choice((1, 3, 7)), FIRST
        while (day := day + timedelta(days=rng.randint(3, 30))) < LAST:
            due = day + timedelta(days=terms)
            paid = max(day, due + timedelta(days=int(scale * (rng.paretovariate(1.2) - 1))))
            amount = round(rng.lognormvariate(6, 1), 2)
            parts = [(paid, amount)] if (paid - due).days < 400 and rng.random() < 0.99 else []
            yield customer, day, due, amount, parts, ()


class Mark:
    """An outlook of some days against what came, and the usual delay beside it."""

    def __init__(self, rows):
        self.rows = list(rows)
        self.cash = self.missed = self.missed_usual = self.squares = self.squares_usual = 0.0
        self.weeks = self.inside = 0
        self.tenths = defaultdict(lambda: [0.0, 0.0, 0])
        for cut in CUTS:
            self._mark(cut, self._make_outlook(cut))

    def _make_outlook(self, cut):
        histories, payments, likes, items = defaultdict(Counts), defaultdict(list), {}, []
        for customer, issued, due, amount, parts, alike in self.rows:
            if issued > cut:
                continue
            weight = min(1.0, 0.5 ** ((cut - due).days / HALF_LIFE))
            known = [(day, part) for day, part in parts if day <= cut]
            counts = histories[customer]
            counts.add((issued - due).days, entered=weight)
            for day, part in known:
                counts.add((day - due).days, paid=weight * part / amount)
                payments[customer].append((due, day))
            rest = amount - sum(part for _day, part in known)
            if rest > 0.01:
                counts.add((cut - due).days, left=weight * rest / amount)
            likes[customer] = alike
            if rest > 0.01 or known[-1][0] > cut - timedelta(days=200):
                items.append((customer, issued, due, amount, known, None))
        outlook = Outlook(
            cut, histories, likes,
            {customer: pairs[-40:] for customer, pairs in payments.items()},
        )
        outlook.learn(items)
        return outlook

    def _get_usual(self, cut):
        sums = defaultdict(lambda: [0.0, 0.0])
        for customer, _issued, due, _amount, parts, _alike in self.rows:
            for day, part in parts:
                if cut - timedelta(days=365) < day <= cut:
                    for key in (customer, None):
                        sums[key][0] += part * (day - due).days
                        sums[key][1] += part
        return {key: round(days / amount) for key, (days, amount) in sums.items()}

    def _mark(self, cut, outlook):
        usual = self._get_usual(cut)
        came, said, simple = [0.0] * WEEKS, [0.0] * WEEKS, [0.0] * WEEKS
        spreads = [defaultdict(lambda: [0.0, 0.0]) for _week in range(WEEKS)]
        for customer, issued, due, amount, parts, _alike in self.rows:
            rest = amount - sum(part for day, part in parts if day <= cut)
            if issued > cut or rest < 0.01:
                continue
            later = [((day - cut).days, part) for day, part in parts if day > cut]
            for days, part in later:
                if days <= 7 * WEEKS:
                    came[(days - 1) // 7] += part
            before = 0.0
            for week in range(WEEKS):
                after = outlook.get_chance(customer, due, 7 * week + 7)
                said[week] += rest * (after - before)
                spread = rest * sqrt((after - before) * (1 - after + before))
                spreads[week][customer][0] += spread**2
                spreads[week][customer][1] += spread
                before = after
            guess = max(1, (due - cut).days + usual.get(customer, usual[None]))
            if guess <= 7 * WEEKS:
                simple[(guess - 1) // 7] += rest
            chance = outlook.get_chance(customer, due, 14)
            share = sum(part for days, part in later if days <= 14) / rest
            self.squares += (chance - share) ** 2
            self.squares_usual += ((guess <= 14) - share) ** 2
            tenth = self.tenths[min(9, int(10 * chance))]
            tenth[0] += chance
            tenth[1] += share
            tenth[2] += 1
        for week in range(WEEKS):
            spread = outlook.width * outlook.get_spread(spreads[week].values())
            low, high = get_band(said[week], spread)
            self.weeks += 1
            self.inside += low <= came[week] <= high
            self.cash += came[week]
            self.missed += abs(said[week] - came[week])
            self.missed_usual += abs(simple[week] - came[week])


@tagged("post_install", "-at_install", "debt_collection")
class TestOtherLedgers(BaseCase):
    """The rule on ledgers of other kinds than the vendor's sample: better than the usual delay."""

    def test_ledgers(self):
        for make, error in ((make_ends, 0.27), (make_once, 0.22), (make_tails, 0.18)):
            with self.subTest(ledger=make.__name__):
                mark = Mark(make(random.Random(3)))
                self.assertLess(mark.missed / mark.cash, error)
                self.assertLess(mark.missed, 0.9 * mark.missed_usual)
                self.assertLess(mark.squares, 0.9 * mark.squares_usual)
                self.assertTrue(0.7 <= mark.inside / mark.weeks <= 0.95, mark.inside / mark.weeks)
                items = sum(tenth[2] for tenth in mark.tenths.values())
                missed = sum(abs(said - came) for said, came, _count in mark.tenths.values())
                self.assertLess(missed / items, 0.07)
