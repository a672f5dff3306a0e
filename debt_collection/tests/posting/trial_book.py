"""A second set of books, kept by hand in `Decimal`: what the ledger must come to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def cents(amount):
    """Round half up to the cent."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass
class Entry:
    """An item or a credit: what is open of it in its own currency, and its booking rate.

    ``reductions`` says when which amount went off it, and by what; charges of late payment are
    kept by their last day.
    """

    currency: str
    rate: Decimal
    amount: Decimal
    day: date
    due: date = None
    net: Decimal = ZERO
    tax_share: Decimal = ZERO
    is_charge: bool = False
    reductions: list = field(default_factory=list)
    charged_to: list = field(default_factory=list)
    has_fee: bool = False

    @property
    def open(self):
        return self.amount - sum((amount for _day, amount, _source in self.reductions), ZERO)

    def open_on(self, day):
        """What was open at the end of a day."""
        return self.amount - sum(
            (amount for when, amount, _source in self.reductions if when <= day), ZERO
        )

    def reduce(self, day, amount, source):
        self.reductions.append((day, amount, source))

    def restore(self, source):
        self.reductions = [one for one in self.reductions if one[2] != source]


@dataclass
class Debt:
    """A debt that was written off, and what came after all."""

    item: int
    currency: str
    amount: Decimal
    company: Decimal
    tax: Decimal
    allowance: Decimal = ZERO
    recovered: Decimal = ZERO


@dataclass
class TrialBook:
    """Items and credits by id of their line, debts by id, and balances by name.

    A balance is of all days; ``provisions`` keep the days of what they did to the allowance.
    """

    items: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    debts: dict = field(default_factory=dict)
    recoveries: dict = field(default_factory=dict)
    charges: dict = field(default_factory=dict)
    provisions: list = field(default_factory=list)
    balances: defaultdict = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def match(self, credit_id, item_id):
        """Settle an item with a credit of its currency, as far as both go."""
        credit, item = self.credits[credit_id], self.items[item_id]
        amount = min(credit.open, item.open)
        day = max(credit.day, item.day)
        credit.reduce(day, amount, ("item", item_id))
        item.reduce(day, amount, ("credit", credit_id))

    def get_matched(self, credit_id):
        """Ids of the items that a credit settled, in whole or in part."""
        return [
            source[1] for _day, _amount, source in self.credits[credit_id].reductions
            if source[0] == "item"
        ]

    def unmatch(self, credit_id):
        """Take a credit off everything it settled."""
        for item_id in self.get_matched(credit_id):
            self.items[item_id].restore(("credit", credit_id))
            self.credits[credit_id].restore(("item", item_id))

    def is_recovery(self, credit_id):
        """Whether money went to debts that were written off."""
        return any(recovery[0] == credit_id for recovery in self.recoveries.values())

    def write_off(self, day, debt_id, item_id, amount, is_tax_relief, allowance=ZERO):
        """Give up an amount of an item: tax, then allowance, then expense."""
        item = self.items[item_id]
        company = cents(amount * item.rate)
        tax = cents(company * item.tax_share) if is_tax_relief else ZERO
        used = min(allowance, company - tax)
        item.reduce(day, amount, ("debt", debt_id))
        self.debts[debt_id] = Debt(item_id, item.currency, amount, company, tax, used)
        self._add_debt(self.debts[debt_id], 1)

    def undo_write_off(self, debt_id):
        debt = self.debts.pop(debt_id)
        self.items[debt.item].restore(("debt", debt_id))
        self._add_debt(debt, -1)

    def _add_debt(self, debt, sign):
        self.balances["tax"] += sign * debt.tax
        self.balances["allowance"] += sign * debt.allowance
        self.balances["expense"] += sign * (debt.company - debt.tax - debt.allowance)

    def recover(self, day, recovery_id, credit_id, debt_id, amount):
        """Money of the debt's currency for a debt: the tax is due again, the rest is income."""
        credit, debt = self.credits[credit_id], self.debts[debt_id]
        company = cents(amount * credit.rate)
        tax = cents(company * debt.tax / debt.company)
        credit.reduce(day, amount, ("recovery", recovery_id))
        debt.recovered += amount
        self.recoveries[recovery_id] = (credit_id, debt_id, amount, company, tax)
        self.balances["tax"] -= tax
        self.balances["recovery"] -= company - tax

    def undo_recovery(self, recovery_id):
        credit_id, debt_id, amount, company, tax = self.recoveries.pop(recovery_id)
        self.credits[credit_id].restore(("recovery", recovery_id))
        self.debts[debt_id].recovered -= amount
        self.balances["tax"] += tax
        self.balances["recovery"] += company - tax

    @property
    def exchange(self):
        """What foreign items were settled for more (a gain: below zero) or less than booked."""
        result = ZERO
        for item in self.items.values():
            for _day, amount, source in item.reductions:
                rate = item.rate
                if source[0] == "credit":
                    rate = self.credits[source[1]].rate
                elif source[0] == "reversal":
                    rate = source[1]
                result += cents(amount * item.rate) - cents(amount * rate)
        return result

    @property
    def profit_and_loss(self):
        """The sum of all income and expense accounts, nothing left out."""
        names = ("revenue", "expense", "recovery", "charges", "impairment")
        return sum((self.balances[name] for name in names), self.exchange)

    @property
    def receivable(self):
        """What customers owe, in the company's currency, each item at its booking rate."""
        return sum((cents(item.open * item.rate) for item in self.items.values()), ZERO) - sum(
            (cents(credit.open * credit.rate) for credit in self.credits.values()), ZERO
        )
