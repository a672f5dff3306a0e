from datetime import timedelta
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .accounting_common import CollectionAccountingCommon
from .trial_book import Entry, cents


class TrialReceivables(CollectionAccountingCommon):
    """What can happen to receivables, done in Odoo and in the book alike.

    ``_get_operations`` names what can happen and how often; each ``_do_*`` does it and returns
    whether it was possible. Add an operation by both.
    """

    def _get_operations(self):
        """Names of operations with their weights."""
        return {
            "invoice": 22, "money": 14, "match": 14, "payment": 10, "unmatch": 5, "reverse": 3,
            "bounce": 4,
        }

    def _get_books(self):
        """What the books of the company are made of: it changes with every entry and match."""
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """
            SELECT (SELECT COUNT(*) FROM account_move WHERE company_id = %(company)s),
                   (SELECT SUM(ABS(balance)) FROM account_move_line
                     WHERE company_id = %(company)s AND parent_state = 'posted'),
                   (SELECT SUM(amount) FROM account_partial_reconcile
                     WHERE company_id = %(company)s)
            """,
            company=self.company.id,
        ))

    def _refused(self, action, *users):
        """Users without the right try an operation: it fails, and nothing has changed.

        :param action: what they do, called with the user
        """
        before = self._get_books()
        for user in users:
            # No savepoint: what a refused operation wrote before it was refused would stay.
            try:
                action(user)
            except AccessError:
                self.env.invalidate_all()
            else:
                self.fail(f"{user.login} has no right on it")
            self.assertEqual(self._get_books(), before, user.login)

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
        self._refused(
            lambda user: self.env["account.move"].with_user(user).create({
                "move_type": "out_invoice", "partner_id": self.customers[0].id,
            }),
            self.collector, self.manager,
        )
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
            currency, move.invoice_date, amount, due=line.date_maturity, net=net,
            tax_share=Decimal(15) / Decimal(115) if has_tax else Decimal(0),
        )
        self.book.balances["revenue"] -= cents(net * self.book.items[line.id].rate)
        return True

    def _entry(self, currency, day, amount, **vals):
        return Entry(currency.name, self._rate_on(currency, day), amount, day, **vals)

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
        self._refused(
            lambda user: payment.with_user(user).action_post(), self.collector, self.manager
        )
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
        both = credit + self._line(item_id)
        self._refused(lambda user: both.with_user(user).reconcile(), self.collector)
        both.reconcile()
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
        # Only what was matched with items: a recovery is undone where it came from.
        credit_ids = [
            credit_id for credit_id in self.book.credits
            if self.book.get_matched(credit_id) and not self.book.is_recovery(credit_id)
        ]
        if not credit_ids:
            return False
        credit_id = self.random.choice(credit_ids)
        credit = self._line(credit_id)
        self._refused(
            lambda user: credit.with_user(user).remove_move_reconcile(), self.collector
        )
        credit.remove_move_reconcile()
        self.book.unmatch(credit_id)
        return True

    def _do_bounce(self):
        """A payment is reversed: what it settled is open again."""
        credit_ids = [
            credit_id for credit_id, credit in self.book.credits.items()
            if credit.open + sum(amount for _day, amount, source in credit.reductions
                                 if source[0] == "item") == credit.amount
        ]
        if not credit_ids:
            return False
        credit_id = self.random.choice(credit_ids)
        move = self._line(credit_id).move_id
        self._refused(
            lambda user: move.with_user(user)._reverse_moves([{"date": self.TODAY}], cancel=True),
            self.collector,
        )
        move._reverse_moves([{"date": self.TODAY}], cancel=True)
        self.book.unmatch(credit_id)
        credit = self.book.credits[credit_id]
        credit.reduce(self.TODAY, credit.open, ("bounce", credit_id))
        return True

    def _do_reverse(self):
        """A credit note for an invoice that nothing happened to."""
        item_ids = [
            item_id for item_id, item in self.book.items.items()
            if not item.reductions and not item.charged_to and not item.is_charge
        ]
        if not item_ids:
            return False
        item_id = self.random.choice(item_ids)
        self._line(item_id).move_id._reverse_moves(
            [{"date": self.TODAY, "invoice_date": self.TODAY}], cancel=True
        )
        item = self.book.items[item_id]
        rate = self._rate_on(self._line(item_id).currency_id, self.TODAY)
        item.reduce(self.TODAY, item.amount, ("reversal", rate))
        self.book.balances["revenue"] += cents(item.net * rate)
        return True
