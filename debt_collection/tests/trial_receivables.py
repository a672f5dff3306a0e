from datetime import timedelta
from decimal import Decimal

from odoo import Command

from .accounting_common import CollectionAccountingCommon
from .trial_book import Entry


class TrialReceivables(CollectionAccountingCommon):
    """What can happen to receivables, done in Odoo and in the book alike.

    ``_get_operations`` names what can happen and how often; each ``_do_*`` does it and returns
    whether it was possible. Add an operation by both.
    """

    def _get_operations(self):
        """Names of operations with their weights."""
        return {
            "invoice": 22, "money": 14, "match": 14, "payment": 10, "unmatch": 5, "reverse": 3,
        }

    def _some_currency(self):
        return self.random.choice([self.company.currency_id, self.company.currency_id, self.euro])

    def _some_amount(self, currency, most=None):
        """A round amount in foreign currency, so that its worth is exact; any cents at home."""
        if currency == self.euro:
            units = int((most or Decimal(2000)) / Decimal("0.8"))
            return Decimal(self.random.randint(1, max(units, 1))) * Decimal("0.8")
        return Decimal(self.random.randint(1, int((most or Decimal(3000)) * 100))) / 100

    def _rate_on(self, currency, day):
        if currency == self.company.currency_id:
            return Decimal(1)
        return Decimal("0.5") if f"{day}" < "2025-07-01" else Decimal("0.625")

    def _pick(self, entries, **conditions):
        ids = [
            key for key, entry in entries.items()
            if all(getattr(entry, name) == value for name, value in conditions.items())
            and getattr(entry, "open", 1)
        ]
        return self.random.choice(ids) if ids else None

    def _line(self, line_id):
        return self.env["account.move.line"].browse(line_id)

    def _do_invoice(self):
        currency = self._some_currency()
        has_tax = currency != self.euro and self.random.random() < 0.4
        net = self._some_amount(currency)
        if has_tax:
            net = max(net - net % Decimal("0.2"), Decimal("0.2"))
        move = self._overdue_invoice(
            self.random.randint(-20, 200), float(net),
            partner=self.random.choice(self.customers), currency_id=currency.id,
            invoice_line_ids=[Command.create({
                "price_unit": float(net),
                "tax_ids": self.company_data["default_tax_sale"].ids if has_tax else [],
            })],
        )
        line = self._receivable(move)
        amount = net * Decimal("1.15") if has_tax else net
        self.book.items[line.id] = self._entry(
            currency, move.invoice_date, amount,
            tax_share=Decimal(15) / Decimal(115) if has_tax else Decimal(0),
        )
        return True

    def _entry(self, currency, day, amount, **vals):
        return Entry(currency.name, self._rate_on(currency, day), amount, **vals)

    def _do_money(self):
        """A payment that is matched with nothing yet."""
        currency = self._some_currency()
        amount = self._some_amount(currency)
        day = self.TODAY - timedelta(days=self.random.randint(0, 150))
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": day,
            "partner_id": self.random.choice(self.customers).id, "amount": float(amount),
            "currency_id": currency.id,
        })
        payment.action_post()
        line = self._receivable(payment.move_id)
        self.book.credits[line.id] = self._entry(currency, day, amount)
        return True

    def _do_match(self):
        credit_id = self._pick(self.book.credits)
        if not credit_id:
            return False
        credit = self._line(credit_id)
        items = [
            item_id for item_id, item in self.book.items.items()
            if item.open and item.currency == credit.currency_id.name
            and self._line(item_id).partner_id == credit.partner_id
        ]
        if not items:
            return False
        item_id = self.random.choice(items)
        (credit + self._line(item_id)).reconcile()
        self.book.match(credit_id, item_id)
        return True

    def _do_payment(self):
        """A payment in part or in full through Odoo's own wizard."""
        item_id = self._pick(self.book.items)
        if not item_id:
            return False
        item, line = self.book.items[item_id], self._line(item_id)
        amount = item.open
        if self.random.random() < 0.6:
            amount = self._some_amount(line.currency_id, item.open)
        payment = self._pay(
            line.move_id, amount=float(amount), currency_id=line.currency_id.id,
            payment_difference_handling="open",
        )
        credit = self._receivable(payment.move_id)
        self.book.credits[credit.id] = self._entry(line.currency_id, self.TODAY, amount)
        self.book.match(credit.id, item_id)
        return True

    def _do_unmatch(self):
        matched = [credit_id for credit_id, _item_id, _amount in self.book.matches]
        if not matched:
            return False
        credit_id = self.random.choice(matched)
        # Only what was matched with items: a recovery is undone where it came from.
        if any(recovery[0] == credit_id for recovery in self.book.recoveries.values()):
            return False
        self._line(credit_id).remove_move_reconcile()
        self.book.unmatch(credit_id)
        return True

    def _do_reverse(self):
        """A credit note for an invoice that nothing happened to."""
        item_ids = [
            item_id for item_id, item in self.book.items.items()
            if item.open and item.open == item.amount
        ]
        if not item_ids:
            return False
        item_id = self.random.choice(item_ids)
        self._line(item_id).move_id._reverse_moves(
            [{"date": self.TODAY, "invoice_date": self.TODAY}], cancel=True
        )
        self.book.items[item_id].open = Decimal(0)
        return True
