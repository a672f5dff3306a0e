"""A second set of books, kept by hand in `Decimal`: what the ledger must come to."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)


def cents(amount):
    """Round half up to the cent."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass
class Entry:
    """An item or a credit: what is open of it in its own currency, and its booking rate."""

    currency: str
    rate: Decimal
    amount: Decimal
    tax_share: Decimal = ZERO
    open: Decimal = None

    def __post_init__(self):
        if self.open is None:
            self.open = self.amount


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
    """Items and credits by id of their line, debts by id, matches, and balances by name."""

    items: dict = field(default_factory=dict)
    credits: dict = field(default_factory=dict)
    debts: dict = field(default_factory=dict)
    recoveries: dict = field(default_factory=dict)
    matches: list = field(default_factory=list)
    balances: defaultdict = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def match(self, credit_id, item_id):
        """Settle an item with a credit of its currency, as far as both go."""
        credit, item = self.credits[credit_id], self.items[item_id]
        amount = min(credit.open, item.open)
        credit.open -= amount
        item.open -= amount
        self.matches.append((credit_id, item_id, amount))

    def unmatch(self, credit_id):
        """Take a credit off everything it settled."""
        for match in [match for match in self.matches if match[0] == credit_id]:
            self.matches.remove(match)
            self.credits[credit_id].open += match[2]
            self.items[match[1]].open += match[2]

    def write_off(self, debt_id, item_id, amount, is_tax_relief, allowance=ZERO):
        """Give up an amount of an item: tax, then allowance, then expense."""
        item = self.items[item_id]
        company = cents(amount * item.rate)
        tax = cents(company * item.tax_share) if is_tax_relief else ZERO
        used = min(allowance, company - tax)
        item.open -= amount
        self.debts[debt_id] = Debt(item_id, item.currency, amount, company, tax, used)
        self._add_debt(self.debts[debt_id], 1)

    def undo_write_off(self, debt_id):
        debt = self.debts.pop(debt_id)
        self.items[debt.item].open += debt.amount
        self._add_debt(debt, -1)

    def _add_debt(self, debt, sign):
        self.balances["tax"] += sign * debt.tax
        self.balances["allowance"] += sign * debt.allowance
        self.balances["expense"] += sign * (debt.company - debt.tax - debt.allowance)

    def recover(self, recovery_id, credit_id, debt_id, amount):
        """Money of the debt's currency for a debt: the tax is due again, the rest is income."""
        credit, debt = self.credits[credit_id], self.debts[debt_id]
        company = cents(amount * credit.rate)
        tax = cents(company * debt.tax / debt.company)
        credit.open -= amount
        debt.recovered += amount
        self.recoveries[recovery_id] = (credit_id, debt_id, amount, company, tax)
        self.balances["tax"] -= tax
        self.balances["recovery"] -= company - tax

    def undo_recovery(self, recovery_id):
        credit_id, debt_id, amount, company, tax = self.recoveries.pop(recovery_id)
        self.credits[credit_id].open += amount
        self.debts[debt_id].recovered -= amount
        self.balances["tax"] += tax
        self.balances["recovery"] += company - tax

    @property
    def receivable(self):
        """What customers owe, in the company's currency, each item at its booking rate."""
        return sum((cents(item.open * item.rate) for item in self.items.values()), ZERO) - sum(
            (cents(credit.open * credit.rate) for credit in self.credits.values()), ZERO
        )
