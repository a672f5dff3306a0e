from decimal import Decimal

from odoo import Command

from .trial_receivables import TrialReceivables


class TrialOperations(TrialReceivables):
    """Write-offs and recoveries, on top of what happens to receivables anyway."""

    def _get_operations(self):
        return {
            **super()._get_operations(),
            "write_off": 18, "undo_write_off": 5, "recovery": 10, "undo_recovery": 3,
        }

    def _get_accounts(self):
        """The accounts whose balances the book knows, by their names in it."""
        return {
            "expense": self.company.collection_bad_debt_account_id,
            "allowance": self.company.collection_allowance_account_id,
            "recovery": self.company.collection_recovery_account_id,
            "tax": self.company.collection_vat_relief_account_id,
        }

    def _do_write_off(self):
        item_id = self._pick(self.book.items)
        if not item_id:
            return False
        partner = self._line(item_id).partner_id
        item_ids = [item_id] + [
            other_id for other_id, other in self.book.items.items()
            if other.open and other_id != item_id
            and self._line(other_id).partner_id == partner
        ][: self.random.randint(0, 2)]
        amounts = {}
        for chosen_id in item_ids:
            item = self.book.items[chosen_id]
            amounts[chosen_id] = (
                item.open if self.random.random() < 0.5
                else self._some_amount(self._line(chosen_id).currency_id, item.open)
            )
        is_tax_relief = self.random.random() < 0.5
        lines = self._line(item_ids)
        allowances = {
            line_id: Decimal(str(amount))
            for line_id, amount in lines._get_collection_allowance().items()
        }
        writeoff = self._approved(self._writeoff(
            lines.move_id, {self._line(key): float(amount) for key, amount in amounts.items()},
            user=self.manager2, case=self.env["collection.case"], is_tax_relief=is_tax_relief,
        ))
        self._refused(
            lambda user: writeoff.with_user(user).action_post(), self.collector, self.manager
        )
        writeoff.with_user(self.finance).action_post()
        writeoff = writeoff.with_user(self.env.user)
        for debt in writeoff.line_ids:
            self.book.write_off(
                self.TODAY, debt.id, debt.item_id.id, amounts[debt.item_id.id], is_tax_relief,
                allowances.get(debt.item_id.id, Decimal(0)),
            )
        return True

    def _do_undo_write_off(self):
        writeoffs = self.env["collection.writeoff"].search([
            ("state", "=", "posted"), ("company_id", "=", self.company.id),
        ]).filtered(lambda writeoff: not any(
            self.book.debts[debt.id].recovered for debt in writeoff.line_ids
        ))
        if not writeoffs:
            return False
        writeoff = self.random.choice(writeoffs)
        self._refused(
            lambda user: writeoff.with_user(user).action_undo(), self.collector, self.manager
        )
        writeoff.with_user(self.finance).action_undo()
        for debt in writeoff.line_ids:
            self.book.undo_write_off(debt.id)
        return True

    def _do_recovery(self):
        pairs = [
            (debt_id, credit_id)
            for debt_id, debt in self.book.debts.items() if debt.amount > debt.recovered
            for credit_id, credit in self.book.credits.items()
            if credit.open and credit.currency == debt.currency
            and self._line(credit_id).partner_id == self._line(debt.item).partner_id
        ]
        if not pairs:
            return False
        debt_id, credit_id = self.random.choice(pairs)
        debt, credit = self.book.debts[debt_id], self.book.credits[credit_id]
        amount = min(debt.amount - debt.recovered, credit.open)
        if self.random.random() < 0.5:
            amount = self._some_amount(self._line(credit_id).currency_id, amount)
        recovery = self.env["collection.recovery"].with_user(self.finance).create({
            "partner_id": self._line(credit_id).partner_id.id,
            "company_id": self.company.id,
            "credit_id": credit_id,
            "line_ids": [
                Command.create({"writeoff_line_id": debt_id, "amount": float(amount)})
            ],
        })
        self._approved(recovery)
        self._refused(
            lambda user: recovery.with_user(user).action_post(), self.collector, self.manager
        )
        recovery.with_user(self.finance).action_post()
        self.book.recover(self.TODAY, recovery.id, credit_id, debt_id, amount)
        return True

    def _do_undo_recovery(self):
        if not self.book.recoveries:
            return False
        recovery_id = self.random.choice(list(self.book.recoveries))
        recovery = self.env["collection.recovery"].browse(recovery_id)
        self._refused(
            lambda user: recovery.with_user(user).action_undo(), self.collector, self.manager
        )
        recovery.with_user(self.finance).action_undo()
        self.book.undo_recovery(recovery_id)
        return True
