from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo import Command

from .trial_book import ZERO, cents
from .trial_operations import TrialOperations

DAY = timedelta(days=1)
PERCENT = Decimal(9)
FEE = {"USD": Decimal(40), "EUR": Decimal(64)}


@dataclass
class Charge:
    """What was charged on items up to a day: its debit note, and what was waived of it."""

    note_id: int
    date_to: date
    item_ids: list
    fee_item_ids: list
    amount: Decimal
    waived: Decimal = field(default=ZERO)


class TrialCharges(TrialOperations):
    """Late charges: reckoned again day by day, posted, waived in part, taken back.

    Interest of 9 % a year on what was open when each day began, days in a row with one principal
    rounded together; a fee of 40 (64 EUR) once for an invoice.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._choose_charges(
            cls.env.ref("debt_collection.charge_terms_fixed").copy({
                "rate": float(PERCENT),
                "currency_id": cls.company.currency_id.id,
                "fee_ids": [Command.create({"amount": float(FEE["USD"])})],
            })
        )

    def _get_operations(self):
        return {
            **super()._get_operations(), "charge": 12, "waive_charge": 5, "undo_charge": 3,
        }

    def _get_accounts(self):
        return {
            **super()._get_accounts(), "charges": self.company.collection_charge_account_id,
        }

    def _get_interest(self, item, date_to):
        """Interest of an item on the days that were not charged yet, up to a day inclusive."""
        begin = max([item.due, *item.charged_to]) + DAY
        days = [begin + number * DAY for number in range((date_to - begin).days + 1)]
        stretches = []
        for day in days:
            principal = item.open_on(max(day - DAY, item.due))
            if not stretches or stretches[-1][0] != principal:
                stretches.append([principal, 0])
            stretches[-1][1] += 1
        return sum(
            (cents(principal * PERCENT * length / 36500) for principal, length in stretches), ZERO
        )

    def _get_fee(self, item):
        """The fee, if the item was open when it fell due and bears none yet."""
        return FEE[item.currency] if item.open_on(item.due) > 0 and not item.has_fee else ZERO

    def _do_charge(self):
        self._classify()
        case = self.env["collection.case"].search([
            ("partner_id", "in", self.customers.ids), ("stage", "!=", "closed"),
        ], limit=1, offset=self.random.randint(0, 2))
        currency = self._some_currency()
        lines = case.line_ids.filtered(
            lambda line: line.id in self.book.items
            and not self.book.items[line.id].is_charge
            and line.currency_id == currency
        )[: 1 if currency == self.euro else 3]
        items = {line.id: self.book.items[line.id] for line in lines}
        day = self.TODAY - timedelta(days=self.random.randint(0, 60))
        while items and day <= self.TODAY:
            amounts = {
                key: (self._get_interest(item, day), self._get_fee(item))
                for key, item in items.items() if day > max([item.due, *item.charged_to])
            }
            total = sum((sum(pair) for pair in amounts.values()), ZERO)
            # Foreign amounts are round, so that their worth is exact.
            if total and (currency != self.euro or not total % Decimal("0.8")):
                self._charge(case, currency, day, amounts, total)
                return True
            day += DAY
        return False

    def _charge(self, case, currency, day, amounts, total):
        charge = self._approved(self.env["collection.charge"].with_user(self.manager2).create({
            "case_id": case.id, "currency_id": currency.id, "date_to": day,
            "item_ids": [Command.set(list(amounts))],
        }))
        for line in charge.line_ids:
            self.assertEqual(
                (cents(str(line.interest)), cents(str(line.fee))), amounts[line.line_id.id],
                line.move_id.name,
            )
        self._refused(
            lambda user: charge.with_user(user).action_post(), self.collector, self.manager
        )
        charge.with_user(self.finance).action_post()
        note = self._receivable(charge.sudo().move_id)
        self.book.items[note.id] = entry = self._entry(
            currency, self.TODAY, total, due=note.date_maturity, is_charge=True
        )
        for item_id, (interest, fee) in amounts.items():
            item = self.book.items[item_id]
            if interest:
                item.charged_to.append(day)
            item.has_fee = item.has_fee or bool(fee)
        self.book.charges[charge.id] = Charge(
            note.id, day, [key for key, pair in amounts.items() if pair[0]],
            [key for key, pair in amounts.items() if pair[1]], total,
        )
        self.book.balances["charges"] -= cents(total * entry.rate)

    def _pick_charge(self, is_last=False):
        """A posted charge whose debit note nothing but waivers happened to."""
        charge_ids = [
            charge_id for charge_id, charge in self.book.charges.items()
            if self.book.items[charge.note_id].open == charge.amount - charge.waived > 0
            and not (is_last and any(
                max(self.book.items[item_id].charged_to) > charge.date_to
                for item_id in charge.item_ids
            ))
        ]
        return self.random.choice(charge_ids) if charge_ids else None

    def _do_waive_charge(self):
        charge_id = self._pick_charge()
        if not charge_id:
            return False
        charge = self.env["collection.charge"].browse(charge_id)
        book = self.book.charges[charge_id]
        left = book.amount - book.waived
        amount = left
        if self.random.random() < 0.7:
            amount = min(self._some_amount(charge.currency_id, left), left)
        manager = charge.with_user(self.manager)
        manager.write({
            "waive_reason": "Goodwill", "amount_to_waive": 0 if amount == left else float(amount),
        })
        self._refused(
            lambda user: charge.with_user(user).action_waive(), self.collector, self.finance
        )
        manager.action_waive()
        self._refused(
            lambda user: charge.with_user(user).action_post_waiver(),
            self.collector, self.manager,
        )
        charge.with_user(self.finance).action_post_waiver()
        self._credit(charge_id, amount)
        return True

    def _credit(self, charge_id, amount):
        book = self.book.charges[charge_id]
        note = self.book.items[book.note_id]
        note.reduce(self.TODAY, amount, ("waiver", charge_id))
        book.waived += amount
        self.book.balances["charges"] += cents(amount * note.rate)

    def _do_undo_charge(self):
        charge_id = self._pick_charge(is_last=True)
        if not charge_id:
            return False
        charge = self.env["collection.charge"].browse(charge_id)
        self._refused(
            lambda user: charge.with_user(user).action_undo(), self.collector, self.manager
        )
        charge.with_user(self.finance).action_undo()
        book = self.book.charges[charge_id]
        self._credit(charge_id, book.amount - book.waived)
        del self.book.charges[charge_id]
        for item_id in book.item_ids:
            self.book.items[item_id].charged_to.remove(book.date_to)
        for item_id in book.fee_item_ids:
            self.book.items[item_id].has_fee = False
        return True
