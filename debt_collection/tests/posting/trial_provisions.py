from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from .trial_book import ZERO, cents
from .trial_charges import TrialCharges

RATES = {"current": 1, "mild": 5, "moderate": 20, "severe": 60}
FIRST_MONTH, LAST_MONTH = date(2025, 3, 1), date(2025, 8, 1)


@dataclass
class Provision:
    """A month's entry: its day and amount, and the day it was reversed on by itself."""

    id: int
    month: date
    day: date
    amount: Decimal
    reversed_on: date = None


class TrialProvisions(TrialCharges):
    """Monthly provisions of past months, one after the other: posted, reversed, undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ladder = cls.env["collection.tier"]._get_ladder(cls.company).grouped("code")
        cls.env["collection.loss.rate"].create([
            {
                "company_id": cls.company.id, "date_start": "2020-01-01", "percent": percent,
                "tier_id": code != "current" and ladder[code].id,
            }
            for code, percent in RATES.items()
        ])

    def _get_operations(self):
        return {**super()._get_operations(), "provision": 7, "undo_provision": 2}

    def _get_accounts(self):
        return {
            **super()._get_accounts(),
            "impairment": self.company.collection_impairment_account_id,
        }

    def _get_tier(self, days):
        for code, last in (("current", 0), ("mild", 30), ("moderate", 60)):
            if days <= last:
                return code
        return "severe"

    def _get_required(self, day):
        """Exposure of each tier at the end of a day, times its rate."""
        exposures = defaultdict(lambda: ZERO)
        for item in self.book.items.values():
            if item.day <= day:
                exposures[self._get_tier((day - item.due).days)] += cents(
                    item.open_on(day) * item.rate
                )
        return sum(
            (cents(exposure * RATES[tier] / 100) for tier, exposure in exposures.items()), ZERO
        )

    def _get_allowance_on(self, day):
        """What the posted provisions left on the allowance account by a day."""
        return sum(
            (one.amount for one in self.book.provisions
             if one.day <= day and not (one.reversed_on and one.reversed_on <= day)),
            ZERO,
        )

    def _add_provision(self, amount):
        self.book.balances["allowance"] -= amount
        self.book.balances["impairment"] += amount

    def _do_provision(self):
        months = [one.month for one in self.book.provisions]
        month = max(months) + relativedelta(months=1) if months else FIRST_MONTH
        if month > LAST_MONTH:
            return False
        day = month + relativedelta(day=31)
        is_reversed = self.random.random() < 0.5
        provisions = self.env["collection.provision"]
        vals = {"month": month, "auto_reverse": is_reversed}
        self._refused(
            lambda user: provisions.with_user(user).create(vals).action_compute(),
            self.collector, self.manager,
        )
        provision = provisions.with_user(self.finance).create(vals)
        provision.action_compute()
        required = self._get_required(day)
        self.assertEqual(cents(str(provision.amount_required)), required, f"{month}")
        self._approved(provision)
        self._refused(
            lambda user: provision.with_user(user).action_post(), self.collector, self.manager
        )
        provision.action_post()
        amount = required - self._get_allowance_on(day)
        self.assertEqual(cents(str(provision.entry_posted)), amount, f"{month}")
        is_reversed = is_reversed and bool(amount)
        self.book.provisions.append(Provision(
            provision.id, month, day, amount,
            reversed_on=day + relativedelta(months=1, day=1) if is_reversed else None,
        ))
        if not is_reversed:
            self._add_provision(amount)
        return True

    def _do_undo_provision(self):
        """The last month is taken back; it can be made anew."""
        if not self.book.provisions:
            return False
        last = self.book.provisions[-1]
        provision = self.env["collection.provision"].browse(last.id)
        self._refused(
            lambda user: provision.with_user(user).action_undo(), self.collector, self.manager
        )
        provision.with_user(self.finance).action_undo()
        self.book.provisions.pop()
        if not last.reversed_on:
            self._add_provision(-last.amount)
        return True
