"""When open items will be paid: a distribution of days late, given "not paid until now".

The days late of a customer's items are counted (Kaplan and Meier 1958), the open ones as "not
yet". A customer with little history leans on customers like it and those on the company, as in
a Dirichlet process prior (Susarla and Van Ryzin 1976). Older items count less. Customers who pay
on fixed days, such as the last of a month or Thursdays, are recognised by their own payments.
``docs/forecast.md`` has the method and its limits.

Pure rules: no ORM, no NumPy. A day late is the day of payment minus the due date; an item open
at the end of ``as_of`` is paid on ``as_of`` + 1 at the earliest.
"""

from bisect import bisect_left
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate
from math import exp, log, sqrt

FIRST, LAST = -120, 180  # days late that are told apart; beyond LAST a constant rate holds
SIZE = LAST - FIRST + 1
HALF_LIFE = 270  # days after which an item counts half
PATH = 91  # days ahead that are told apart one by one, and today
HORIZON = 730  # days ahead; what is expected later is shown on its last day
PROBABILITY_DAYS = (7, 14, 30, 60, 90)
STRENGTHS = (1.5, 3.0, 6.0, 12.0)  # how many items the experience of others may be worth
LIKE_STRENGTH = 15.0
TAIL_STRENGTH = 365.0  # days open beyond LAST
LEVEL_STRENGTH = 20.0  # payments
SLOWED = {"disputed": 0.25, "legal": 0.1}  # until the company's own record says otherwise
SLOWED_STRENGTH = 10.0
KEPT_RATE, KEPT_STRENGTH = 0.6, 4.0
Z_80 = 1.2816  # four times out of five
WIDTH_STRENGTH = 4.0  # weeks
USUAL_WIDTH, LEAST_WIDTH, WIDER = 1.1, 0.4, 1.1  # of the band, against independent items
FEW_PAID = 2.0  # items
WIDTHS = [number / 20 for number in range(1, 61)]


def _get_place(lateness):
    return min(SIZE - 1, max(0, lateness - FIRST))


class Counts:
    """Items of a customer or a group by days late: entered, paid, and left unpaid.

    An item enters on the day it is issued. It leaves unpaid when it is still open, or when a
    credit note or a write-off ended it. Items paid in parts count in parts.
    """

    __slots__ = ("beyond", "beyond_paid", "entered", "left", "paid")

    def __init__(self):
        self.entered = {}
        self.paid = {}
        self.left = {}
        self.beyond = self.beyond_paid = 0.0

    def add(self, lateness, entered=0.0, paid=0.0, left=0.0):
        place = _get_place(lateness)
        if entered:
            self.entered[place] = self.entered.get(place, 0.0) + entered
        if lateness > LAST:
            # It passed LAST unpaid; the rate beyond it has a count of its own.
            self.left[SIZE - 1] = self.left.get(SIZE - 1, 0.0) + paid + left
            self.beyond += (paid + left) * (lateness - LAST)
            self.beyond_paid += paid
            return
        if paid:
            self.paid[place] = self.paid.get(place, 0.0) + paid
        if left:
            self.left[place] = self.left.get(place, 0.0) + left

    def merge(self, other):
        for name in ("entered", "paid", "left"):
            own = getattr(self, name)
            for place, weight in getattr(other, name).items():
                own[place] = own.get(place, 0.0) + weight
        self.beyond += other.beyond
        self.beyond_paid += other.beyond_paid

    def get_hazards(self, prior, strength):
        """The chance to be paid on each day late if not paid before, drawn towards a prior."""
        entered = left = 0.0
        at_risk = []
        for place in range(SIZE):
            entered += self.entered.get(place, 0.0)
            at_risk.append(max(0.0, entered - left))
            left += self.paid.get(place, 0.0) + self.left.get(place, 0.0)
        paid = [self.paid.get(place, 0.0) for place in range(SIZE)]
        # The days beside count too: nobody knows the chance of one single day.
        paid, at_risk = _smooth(paid), _smooth(at_risk)
        return [
            min(1.0, (count + strength * before) / (risk + strength))
            for count, risk, before in zip(paid, at_risk, prior, strict=True)
        ]


def _smooth(values):
    return [
        (before + 2 * value + after) / 4
        for before, value, after in zip(
            [values[0], *values[:-1]], values, [*values[1:], values[-1]], strict=True
        )
    ]


def _get_survival(hazards):
    """``survival[i]``: the share not paid before day late ``FIRST + i``."""
    return list(accumulate(hazards, lambda share, hazard: share * (1 - hazard), initial=1.0))


class Calendar:
    """The days on which a customer pays: how much more often than its days late explain."""

    KINDS = ("weekday", "day", "end")
    STRENGTH = 2.0  # payment days
    GAIN = 0.45  # of each day's logarithmic likelihood: no more than "never on a weekend" gives

    def __init__(self, kind, factors):
        self.kind = kind
        self.factors = factors

    @staticmethod
    def get_class(kind, day):
        if kind == "weekday":
            return day.weekday()
        if kind == "day":
            return day.day
        return day.day - monthrange(day.year, day.month)[1]

    @classmethod
    def _is_uneven(cls, days):
        """Whether there may be a pattern at all: who pays on any day is spared the rest."""
        count = len(days)
        for kind, classes in (("weekday", 7), ("day", 30.4), ("end", 30.4)):
            seen = defaultdict(int)
            for day in days:
                seen[cls.get_class(kind, day)] += 1
            gain = sum(
                number * log((number - 1 + cls.STRENGTH / classes)
                             / (count - 1 + cls.STRENGTH) * classes)
                for number in seen.values()
            )
            if gain > max(3.0, cls.GAIN * count):
                return True
        return False

    @classmethod
    def recognise(cls, payments, chances):
        """The calendar that explains a customer's days of payment best, or None.

        :param payments: list of tuples ``date_due date_paid``
        :param chances: function that gives the chance of each day late from FIRST on
        """
        by_day = defaultdict(list)
        for due, paid in payments:
            by_day[paid].append(due)
        if len(by_day) < 6 or not cls._is_uneven(by_day):
            return None
        support = [
            (place + FIRST, chance) for place, chance in enumerate(chances()) if chance > 0.002
        ]
        expected_days = defaultdict(float)
        for dues in by_day.values():
            start = dues[0].toordinal()
            for lateness, chance in support:
                expected_days[start + lateness] += chance
        best = None
        for kind in cls.KINDS:
            seen, expected = defaultdict(float), defaultdict(float)
            for day in by_day:
                seen[cls.get_class(kind, day)] += 1
            for number, chance in expected_days.items():
                expected[cls.get_class(kind, date.fromordinal(number))] += chance
            total, count = sum(expected.values()), len(by_day)
            if not total:
                return None
            # Each day of payment is judged by the others, so that chance is not a pattern.
            gain = 0.0
            for name, number in seen.items():
                share = max(expected[name] / total, 1e-4)
                others = (number - 1 + cls.STRENGTH * share) / (count - 1 + cls.STRENGTH)
                gain += number * log(others / share)
            if gain > max(3.0, cls.GAIN * count) and (best is None or gain > best[0]):
                factors = {
                    name: (seen.get(name, 0) + cls.STRENGTH * share / total)
                    / (count + cls.STRENGTH) / max(share / total, 1e-4)
                    for name, share in expected.items()
                }
                best = (gain, cls(kind, factors))
        return best and best[1]

    def get_factor(self, day):
        return self.factors.get(self.get_class(self.kind, day), 0.05)


class Outlook:
    """What a ledger's payments say on a day about its open items.

    :param date as_of: the day, inclusive; the caller gives nothing that was not known on it
    :param histories: dict of ``Counts`` by customer
    :param likes: dict by customer of tuples of what makes customers alike, all of one length
    :param payments: dict by customer of lists of tuples ``date_due date_paid``, for those who
        may pay on fixed days
    """

    def __init__(self, as_of, histories, likes=None, payments=None):
        self.as_of = as_of
        self.histories = histories
        self.level = 1.0
        self.width = USUAL_WIDTH
        self.together = 0.5
        company = Counts()
        for counts in histories.values():
            company.merge(counts)
        self.is_empty = not company.paid
        self._survival = _get_survival(company.get_hazards(self._get_first_hazards(company), 0.5))
        self._beyond = (company.beyond_paid + 0.5) / (company.beyond + 400)
        self._choose_like(likes or {})
        self._customers = {}
        self._paths = {}
        self._factors = {}
        self._payments = payments or {}
        self._calendars = {}

    @staticmethod
    def _get_first_hazards(company):
        """Before anything is known: half is paid two weeks after the due date."""
        paid = sum(company.paid.values())
        days = sum(
            weight * (place - SIZE / 4)
            for counts in (company.paid, company.left) for place, weight in counts.items()
            if place > SIZE / 4
        )
        rate = (paid + 1) / (days + 30)
        return [rate if place >= -FIRST else rate / 4 for place in range(SIZE)]

    # Customers like this one

    def _choose_like(self, likes):
        """Take the likeness that tells best how late customers pay; none, if none does."""
        self.like = None
        self._like_of = {}
        self._like_survival = {}
        bounds = [
            bisect_left([-share for share in self._survival], part / 10 - 1)
            for part in range(1, 10)
        ]
        bins = {}
        gains = [0.0] * len(STRENGTHS)
        for customer, counts in self.histories.items():
            shares = [0.0] * 10
            for place, weight in counts.paid.items():
                shares[bisect_left(bounds, place + 1)] += weight
            total = sum(shares)
            if total > 1:
                # Each item is told by the customer's others: how much are they worth?
                for number, strength in enumerate(STRENGTHS):
                    gains[number] += sum(
                        share * log((max(0.0, share - 1) + strength / 10) / (total - 1 + strength))
                        for share in shares if share
                    )
            if total and customer in likes:
                # No customer counts for more than ten items: it would explain itself.
                factor = min(1.0, 10 / total)
                bins[customer] = [share * factor for share in shares]
        self.strength = STRENGTHS[max(range(len(STRENGTHS)), key=gains.__getitem__)]
        company = [sum(column) + 1 for column in zip(*bins.values(), strict=True)] or [1.0] * 10
        whole = sum(company)
        best = 0.02 * sum(map(sum, bins.values()))
        for which in range(len(next(iter(likes.values()), ()))):
            groups = defaultdict(lambda: [0.0] * 10)
            for customer, shares in bins.items():
                group = groups[likes[customer][which]]
                for number, share in enumerate(shares):
                    group[number] += share
            gain = 0.0
            for customer, shares in bins.items():
                group = groups[likes[customer][which]]
                rest = sum(group) - sum(shares) + LIKE_STRENGTH
                for number, share in enumerate(shares):
                    if share:
                        base = company[number] / whole
                        chance = (group[number] - share + LIKE_STRENGTH * base) / rest
                        gain += share * log(chance / base)
            if gain > best:
                best, self.like = gain, which
        if self.like is None:
            return
        groups = defaultdict(Counts)
        for customer, values in likes.items():
            self._like_of[customer] = values[self.like]
            if customer in self.histories:
                groups[values[self.like]].merge(self.histories[customer])
        hazards = [
            1 - after / before if before else 1.0
            for before, after in zip(self._survival, self._survival[1:], strict=False)
        ]
        for value, counts in groups.items():
            self._like_survival[value] = _get_survival(
                counts.get_hazards(hazards, LIKE_STRENGTH)
            )

    def _get_customer(self, customer):
        """``prior mass``: the survival of customers like it, and its own items not paid before.

        An open item has its place where customers like it say that it will be paid.
        """
        known = self._customers.get(customer)
        if known is not None:
            return known
        prior = self._like_survival.get(self._like_of.get(customer), self._survival)
        counts = self.histories.get(customer)
        mass = None
        if counts is not None:
            own = [0.0] * SIZE
            for place, weight in counts.paid.items():
                # The neighbouring days share an item's weight.
                own[place] += weight / 2
                own[max(0, place - 1)] += weight / 4
                own[min(SIZE - 1, place + 1)] += weight / 4
            waiting = 0.0
            for place in range(SIZE):
                if waiting:
                    own[place] += waiting * (prior[place] - prior[place + 1])
                if place in counts.left:
                    waiting += counts.left[place] / max(prior[place + 1], 1e-9)
            mass = list(accumulate(reversed(own), initial=waiting * prior[SIZE]))
            mass.reverse()
        known = self._customers[customer] = (prior, mass)
        return known

    def _get_beyond_rate(self, customer):
        counts = self.histories.get(customer)
        paid, days = (counts.beyond_paid, counts.beyond) if counts else (0.0, 0.0)
        return (paid + TAIL_STRENGTH * self._beyond) / (days + TAIL_STRENGTH)

    # The chance of one item

    def get_chance(self, customer, due, days, as_of=None):
        """The chance that an item open on ``as_of`` is paid within so many days of it."""
        if days <= 0:
            return 0.0
        as_of = as_of or self.as_of
        if days < PATH and (as_of == self.as_of or self._get_calendar(customer)):
            return self._at_level(self.get_path(customer, due, as_of)[days])
        return self._at_level(self._get_plain_chance(customer, (as_of - due).days, days))

    def get_probabilities(self, customer, due):
        """The chances within each of ``PROBABILITY_DAYS``."""
        path = self.get_path(customer, due)
        return {days: self._at_level(path[days]) for days in PROBABILITY_DAYS}

    def get_days(self, customer, due, shares=(0.1, 0.5, 0.9)):
        """How many days from ``as_of`` until the chance reaches each share; at most HORIZON."""
        path = self.get_path(customer, due)
        days = []
        for share in shares:
            plain = 1 - (1 - share) ** (1 / self.level) - 1e-9
            if path[-1] >= plain:
                days.append(max(1, bisect_left(path, plain)))
            else:
                days.append(get_day_of(
                    lambda number: self.get_chance(customer, due, number), share, PATH
                ))
        return days

    def _at_level(self, chance):
        if self.level == 1.0:
            return chance
        return 1 - (1 - min(1.0, chance)) ** self.level

    def _get_plain_chance(self, customer, lateness, days):
        if lateness >= LAST:
            return 1 - exp(-self._get_beyond_rate(customer) * days)
        prior, mass = self._get_customer(customer)
        start = max(0, lateness - FIRST + 1)
        end = max(0, lateness + days - FIRST + 1)
        past = max(0, end - SIZE)
        end = min(end, SIZE)
        here = prior[start]
        left = prior[end] / here if here > 1e-9 else exp(-(end - start) / 30)
        if mass is not None:
            # A customer's last few items are less of a proof, so others weigh more there.
            strength = self.strength * sqrt(max(here, 1e-6))
            left = (mass[end] + strength * left) / (mass[start] + strength)
        if past:
            left *= exp(-self._get_beyond_rate(customer) * past)
        return min(1.0, max(0.0, 1 - left))

    def _get_calendar(self, customer):
        if customer not in self._payments:
            return None
        if customer not in self._calendars:
            self._calendars[customer] = Calendar.recognise(
                self._payments[customer], lambda: self._get_chances(customer)
            )
        return self._calendars[customer]

    def _get_chances(self, customer):
        """The chance of each day late from FIRST on, for an item just issued."""
        chances = [
            self._get_plain_chance(customer, FIRST - 1, days) for days in range(1, SIZE + 1)
        ]
        return [after - before for before, after in zip([0.0, *chances], chances, strict=False)]

    def get_path(self, customer, due, as_of=None):
        """The chances by each of the next days, before the level; item 0 is no day at all."""
        as_of = as_of or self.as_of
        key = (customer, due, as_of)
        path = self._paths.get(key)
        if path is not None:
            return path
        path = self._get_plain_path(customer, (as_of - due).days)
        calendar = self._get_calendar(customer)
        if calendar:
            factors = self._factors.get((calendar, as_of))
            if factors is None:
                factors = self._factors[calendar, as_of] = [
                    calendar.get_factor(as_of + timedelta(days=number))
                    for number in range(1, PATH)
                ]
            steps = [
                max(0.0, after - before) * factor
                for before, after, factor in zip(path, path[1:], factors, strict=False)
            ]
            whole = sum(steps) + 1 - path[-1]
            if whole > 0:
                path = list(accumulate((step / whole for step in steps), initial=0.0))
        if len(self._paths) > 20_000:
            self._paths.clear()
        self._paths[key] = path
        return path

    def _get_plain_path(self, customer, lateness):
        """The chances by each of the next days, without a calendar."""
        start = lateness - FIRST + 1
        last = start + PATH - 1
        prior, mass = self._get_customer(customer)
        if start < 0 or last > SIZE or prior[start] < 1e-6:
            # Where little is known a week's days are alike.
            weeks = [0.0, *(
                self._get_plain_chance(customer, lateness, days) for days in range(7, PATH + 6, 7)
            )]
            return [
                before + (after - before) * day / 7
                for before, after in zip(weeks, weeks[1:], strict=False) for day in range(7)
            ][:PATH]
        here = prior[start]
        left = prior[start:last + 1]
        if mass is None:
            return [1 - share / here for share in left]
        strength = self.strength * sqrt(here)
        lean, whole = strength / here, mass[start] + strength
        return [
            1 - (count + lean * share) / whole
            for count, share in zip(mass[start:last + 1], left, strict=True)
        ]

    # What the last half year says about the level and the width of the band

    def learn(self, items, cuts=None, weeks=4):
        """Set level and width by what this outlook would have said in the last half year.

        :param items: list of tuples ``customer issued due amount payments left``, where
            ``payments`` is a list of tuples ``date amount`` up to ``as_of`` and ``left`` the day
            on which it ended otherwise, or None
        """
        cuts = cuts or [self.as_of - timedelta(days=7 * number) for number in range(4, 26, 2)]
        past, known = [], {}
        for cut in cuts:
            for customer, issued, due, amount, payments, left in items:
                if issued > cut or (left and left <= cut):
                    continue
                rest = amount - sum(paid for day, paid in payments if day <= cut)
                if rest > 0.005:
                    came = [0.0] * weeks
                    for day, paid in payments:
                        week = ((day - cut).days - 1) // 7
                        if day > cut and week < weeks:
                            came[week] += paid
                    said = self._get_weeks(self._get_told_as(customer), due, cut, weeks, known)
                    past.append((cut, customer, (cut - due).days, rest, came, said))
        self._learn_level(past, weeks)
        self._learn_width(past, weeks)

    def _get_weeks(self, customer, due, cut, weeks, known):
        """The chances by the end of each week after a day, before the level."""
        key = (customer, (cut - due).days)
        if self._get_calendar(customer):
            return [self.get_chance(customer, due, 7 * week + 7, cut) for week in range(weeks)]
        if key not in known:
            known[key] = [
                self._get_plain_chance(*key, 7 * week + 7) for week in range(weeks)
            ]
        return known[key]

    def _get_told_as(self, customer):
        """Who the past of a customer is told as: with few payments as a stranger like it.

        Its own would explain themselves, and the band would be too narrow for the next.
        """
        counts = self.histories.get(customer)
        if counts and sum(counts.paid.values()) > FEW_PAID:
            return customer
        like = self._like_of.get(customer)
        stranger = ("like", like)
        self._like_of[stranger] = like
        return stranger

    def _learn_level(self, past, weeks):
        """A company whose customers pay later than they used to is seen within weeks."""
        recent = self.as_of - timedelta(days=7 * weeks + 63)
        expected = seen = 0.0
        for cut, _customer, lateness, rest, came, said in past:
            if cut >= recent and lateness < LAST:
                expected += said[-1]
                seen += min(1.0, sum(came) / rest)
        level = (seen + LEVEL_STRENGTH) / (expected + LEVEL_STRENGTH)
        self.level = min(1.5, max(0.5, level))

    def _learn_width(self, past, weeks):
        by_week = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0, 0.0, 0.0]))
        for cut, customer, _lateness, rest, came, said in past:
            before = 0.0
            for week in range(weeks):
                chance = self._at_level(said[week])
                step = max(0.0, chance - before)
                before = chance
                entry = by_week[cut, week][customer]
                spread = rest * sqrt(step * (1 - step))
                entry[0] += came[week] - rest * step
                entry[1] += spread * spread
                entry[2] += spread
                entry[3] += rest * step
        alone = both = squares = 0.0
        for customers in by_week.values():
            for error, single, spread, _expected in customers.values():
                squares += error * error
                alone += single
                both += spread * spread - single
        self.together = min(1.0, max(0.0, (squares - alone) / both)) if both > 0 else 0.0
        widths = []
        for customers in by_week.values():
            expected = sum(entry[3] for entry in customers.values())
            came = expected + sum(entry[0] for entry in customers.values())
            spread = self.get_spread(entry[1:3] for entry in customers.values())
            if spread > 0:
                widths.append(get_width(expected, spread, came))
        widths.sort()
        if widths:
            # The past was known when the outlook was made; what comes spreads wider.
            seen = WIDER * widths[min(len(widths) - 1, int(0.8 * len(widths)))]
            count = len(widths) / 2  # the weeks overlap
            self.width = (seen * count + USUAL_WIDTH * WIDTH_STRENGTH) / (count + WIDTH_STRENGTH)
            self.width = min(2.5, max(LEAST_WIDTH, self.width))

    def get_spread(self, customers):
        """The standard deviation of a week's cash: items of one customer are paid together.

        :param customers: tuples ``single total`` of each: the sum of the items' variances, and
            of their standard deviations
        """
        return sqrt(sum(
            (1 - self.together) * single + self.together * total * total
            for single, total in customers
        ))


def get_band(expected, spread):
    """The amounts that a week's cash lies between four times out of five."""
    if expected <= 0:
        return 0.0, 0.0
    # Wilson and Hilferty 1931: a gamma distribution, for cash is never below zero.
    part = (spread / expected) ** 2 / 9
    return tuple(
        expected * max(0.0, 1 - part + sign * Z_80 * sqrt(part)) ** 3 for sign in (-1, 1)
    )


def get_width(expected, spread, came):
    """How many times the spread the band must be to hold what came; 3 at most."""
    for width in WIDTHS:
        low, high = get_band(expected, width * spread)
        if low <= came <= high:
            return width
    return WIDTHS[-1]


def get_kept_rate(kept, judged, rate=KEPT_RATE, strength=KEPT_STRENGTH):
    """The share of promises kept, with few of them drawn towards ``rate``."""
    return (kept + strength * rate) / (judged + strength)


def get_slowed(kind, paid=0.0, expected=0.0):
    """How many times slower than usual such items are paid, by what was seen of them."""
    return (paid + SLOWED_STRENGTH * SLOWED[kind]) / (expected + SLOWED_STRENGTH)


def slow(chance, factor):
    """The chance of an item that is paid at ``factor`` times the usual rate."""
    return 1 - (1 - min(1.0, chance)) ** factor


def get_promised_chance(days, until, kept, usual, grace=3):
    """The chance of a promised item within so many days.

    :param until: days to the promised day; below zero within the grace after it
    :param kept: chance that the promise is kept
    :param usual: function of days: the usual chance, which is all there is when it is broken
    """
    due = max(1, until)
    end = max(0, until + grace)
    chance = kept if days >= due else 0.0
    if days > end:
        before = usual(end)
        chance += (1 - kept) * (usual(days) - before) / max(1e-9, 1 - before)
    return min(1.0, chance)


def get_planned_chance(days, parts, kept):
    """The expected share of a planned item that comes within so many days.

    :param parts: list of tuples ``days_until share`` of what is still to come
    """
    return kept * sum(share for until, share in parts if days >= max(1, until))


def get_day_of(chance, share, low=1):
    """How many days until a rising function of days reaches ``share``; at most HORIZON."""
    high = HORIZON
    while low < high:
        middle = (low + high) // 2
        if chance(middle) >= share:
            high = middle
        else:
            low = middle + 1
    return low
