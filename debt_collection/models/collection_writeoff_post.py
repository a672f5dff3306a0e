from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools.writeoff import split_debit


class CollectionWriteoff(models.Model):
    """A write-off in the books: its entry, matched with the debts, and its undoing (P2.4)."""

    _inherit = "collection.writeoff"

    def _do_post(self, date):
        """Post and match the entry; what is open is looked at again under a lock."""
        self.ensure_one()
        journal = self._require_setting("collection_journal_id")
        self._check_posting_date(date, journal)
        items = self.line_ids.item_id
        self._lock_or_tell(items)
        self._check_items()
        self._set_amounts()
        move = self.env["account.move"].with_company(self.company_id).create(
            self._prepare_move_vals(date, journal)
        )
        move._post(soft=False)
        credits = move.line_ids.filtered("collection_writeoff_line_id")
        for credit in credits:
            credit.collection_writeoff_line_id.move_line_id = credit
        credits._reconcile_plan([
            credit + credit.collection_writeoff_line_id.item_id for credit in credits
        ])
        self._after_post(move)
        return move

    def _set_amounts(self):
        """Fix what each line takes from tax, allowance and expense."""
        allowances = self.line_ids.item_id._get_collection_allowance()
        limits = {
            limitation.line_id: limitation.date_limit
            for limitation in self.env["collection.limitation"].search(
                [("line_id", "in", self.line_ids.item_id.ids)]
            )
        }
        for line in self.line_ids:
            amount = line._get_amount_company()
            currency = line.company_currency_id
            parts = split_debit(
                Decimal(str(currency.round(amount))),
                Decimal(str(line._get_tax_share() if self.is_tax_relief else 0)),
                Decimal(str(currency.round(allowances.get(line.item_id.id, 0)))),
                Decimal(str(currency.rounding)),
            )
            line.write({
                "amount_company": amount,
                "amount_tax": float(parts["tax"]),
                "amount_allowance": float(parts["allowance"]),
                "amount_expense": float(parts["expense"]),
                "date_limit": line.date_limit or limits.get(line.item_id),
            })

    def _prepare_move_vals(self, date, journal):
        self.ensure_one()
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": self.env._(
                "Write-off %(name)s: %(reason)s", name=self.name, reason=self.reason_id.name
            ),
            "line_ids": [
                Command.create(vals)
                for line in self.line_ids
                for vals in line._prepare_move_line_vals_list()
            ],
        }

    def _after_post(self, move):
        """The register's date, and a note on the case."""
        self.line_ids.write({"date": move.date})
        if self.case_id:
            self.case_id.message_post(
                body=self.env._(
                    "%(amount)s written off by %(entry)s: %(reason)s.",
                    amount=self.currency_id.format(self.amount),
                    entry=move.name,
                    reason=self.reason_id.name,
                ),
                author_id=self.env.user.partner_id.id,
            )

    def _do_undo(self, date):
        """Reverse the entry; the debts are open again with their true age and tier."""
        self.ensure_one()
        if not self.currency_id.is_zero(self.amount_recovered):
            raise UserError(
                self.env._(
                    "Money came for “%(record)s” after all: undo its recoveries first.",
                    record=self.display_name,
                )
            )
        return self._reverse_entry(date)


class CollectionWriteoffLine(models.Model):
    _inherit = "collection.writeoff.line"

    def _get_tax_share(self):
        """How much of the debt is tax, from 0 to 1: as in the invoice it belongs to."""
        self.ensure_one()
        move = self.item_id.move_id
        if not move.is_invoice(include_receipts=True):
            return 0
        owed = sum(
            move.line_ids.filtered(lambda line: line.display_type == "payment_term").mapped(
                "balance"
            )
        )
        tax = -sum(
            move.line_ids.filtered(lambda line: line.display_type == "tax").mapped("balance")
        )
        return min(max(tax / owed, 0), 1) if owed else 0

    def _prepare_move_line_vals_list(self):
        """The credit on the debt's own account, and the debits that bear it.

        Expense names no partner: Odoo proposes the account that a partner's lines are on most
        often for new invoices and bills.
        """
        self.ensure_one()
        writeoff = self.writeoff_id
        name = self.env._(
            "Write-off of %(item)s", item=self.document_id.name or self.item_id.name or ""
        )
        partner = self.item_id.partner_id
        debits = [
            {
                "name": name,
                "partner_id": False if field == "amount_expense" else partner.id,
                "account_id": writeoff._require_setting(setting).id,
                "balance": self[field],
            }
            for field, setting in (
                ("amount_tax", "collection_vat_relief_account_id"),
                ("amount_allowance", "collection_allowance_account_id"),
                ("amount_expense", "collection_bad_debt_account_id"),
            )
            if not self.company_currency_id.is_zero(self[field])
        ]
        return [
            *debits,
            {
                "name": name,
                "partner_id": partner.id,
                "account_id": self.item_id.account_id.id,
                "currency_id": self.item_id.currency_id.id,
                "amount_currency": -self.amount,
                "balance": -self.amount_company,
                "no_followup": True,
                "collection_writeoff_line_id": self.id,
            },
        ]
