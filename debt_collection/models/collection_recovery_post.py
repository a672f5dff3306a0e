from decimal import Decimal

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..tools.writeoff import company_part


class CollectionRecovery(models.Model):
    """A recovery in the books: checks, the entry, and its undoing (P2.4)."""

    _inherit = "collection.recovery"

    def _check_complete(self):
        for recovery in self:
            recovery._check_money()

    def _check_approvable(self):
        for recovery in self:
            recovery._check_money()

    def _check_money(self):
        """Raise a ``UserError`` unless the money is there and no debt gets more than it lost."""
        self.ensure_one()
        # Whoever asks or approves is told of all, whoever's debts they are.
        recovery = self.sudo()
        credit = recovery.credit_id
        credit.invalidate_recordset(["amount_residual", "amount_residual_currency"])
        if not recovery.line_ids:
            raise UserError(
                self.env._("“%(record)s” names no written-off debts.", record=self.display_name)
            )
        if not credit.filtered_domain(
            self._get_credit_domain(recovery.partner_id, recovery.company_id)
        ):
            raise UserError(
                self.env._(
                    "%(credit)s is no unmatched money of %(customer)s.",
                    credit=credit.move_id.name or credit.name,
                    customer=recovery.partner_id.name,
                )
            )
        currency = recovery.currency_id
        if currency.compare_amounts(recovery.amount, -credit.amount_residual_currency) > 0:
            raise UserError(
                self.env._(
                    "“%(record)s” takes %(amount)s, but %(left)s are unmatched.",
                    record=self.display_name,
                    amount=formatLang(self.env, recovery.amount, currency_obj=currency),
                    left=formatLang(
                        self.env, -credit.amount_residual_currency, currency_obj=currency
                    ),
                )
            )
        for line in recovery.line_ids:
            debt = line.writeoff_line_id
            if debt.partner_id.commercial_partner_id != recovery.partner_id.commercial_partner_id:
                raise UserError(
                    self.env._(
                        "%(debt)s is no written-off debt of %(customer)s.",
                        debt=debt.display_name,
                        customer=recovery.partner_id.name,
                    )
                )
            left = debt._get_claimable(debt.currency_id, recovery)
            if debt.currency_id.compare_amounts(line.amount_debt, left) > 0:
                raise UserError(
                    self.env._(
                        "%(amount)s of %(debt)s cannot be recovered: %(left)s were written off and"
                        " are not recovered yet.",
                        amount=formatLang(
                            self.env, line.amount_debt, currency_obj=debt.currency_id
                        ),
                        debt=debt.display_name,
                        left=formatLang(self.env, max(left, 0), currency_obj=debt.currency_id),
                    )
                )

    def _do_post(self, date):
        """Post the entry and match it with the money; both are looked at again under a lock."""
        self.ensure_one()
        journal = self._require_setting("collection_journal_id")
        self._check_posting_date(date, journal)
        debts = self.line_ids.writeoff_line_id
        self._lock_or_tell(self.credit_id)
        self._lock_or_tell(debts)
        self._check_money()
        self._set_amounts()
        move = self.env["account.move"].with_company(self.company_id).create(
            self._prepare_move_vals(date, journal)
        )
        move._post(soft=False)
        debit = move.line_ids.filtered(
            lambda line: line.account_id == self.credit_id.account_id and line.balance > 0
        )
        (debit + self.credit_id).reconcile()
        for case in debts.case_id:
            case.message_post(
                body=self.env._(
                    "%(amount)s came after all for debts that were written off (%(entry)s).",
                    amount=self.company_currency_id.format(self.amount_company),
                    entry=move.name,
                ),
                author_id=self.env.user.partner_id.id,
            )
        return move

    def _set_amounts(self):
        """Let the lines add up to what the money is worth in the ledger."""
        worth = self._get_amount_company()
        lines = self.line_ids
        lines._compute_amounts()
        rest = self.company_currency_id.round(worth - sum(lines.mapped("amount_company")))
        lines[-1].amount_company += rest

    def _get_amount_company(self):
        """What the matched part of the money is worth in the company's currency."""
        self.ensure_one()
        credit, currency = self.credit_id, self.company_currency_id

        def exact(amount, unit):
            return Decimal(str(unit.round(amount)))

        return float(
            company_part(
                exact(self.amount, self.currency_id),
                exact(-credit.amount_residual_currency, self.currency_id),
                exact(-credit.amount_residual, currency),
                exact(-credit.amount_currency, self.currency_id),
                exact(-credit.balance, currency),
                Decimal(str(currency.rounding)),
            )
        )

    def _prepare_move_vals(self, date, journal):
        self.ensure_one()
        name = self.env._("Recovery %(name)s of written-off debts", name=self.name)
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": name,
            "line_ids": [
                Command.create({
                    "name": name,
                    "partner_id": self.credit_id.partner_id.id,
                    "account_id": self.credit_id.account_id.id,
                    "currency_id": self.currency_id.id,
                    "amount_currency": self.amount,
                    "balance": self.amount_company,
                    "no_followup": True,
                }),
                *(
                    Command.create(vals)
                    for line in self.line_ids
                    for vals in line._prepare_move_line_vals_list()
                ),
            ],
        }


class CollectionRecoveryLine(models.Model):
    _inherit = "collection.recovery.line"

    def _prepare_move_line_vals_list(self):
        """The credits: the tax that is due again, the rest as the company keeps recoveries.

        Income names no partner: Odoo proposes the account that a partner's lines are on most
        often for new invoices.
        """
        self.ensure_one()
        recovery, debt = self.recovery_id, self.writeoff_line_id
        setting = {
            "income": "collection_recovery_account_id",
            "allowance": "collection_allowance_account_id",
        }[recovery.company_id.collection_recovery_mode or "income"]
        name = self.env._("Recovery of %(item)s", item=debt.document_id.name or "")
        partner = recovery.credit_id.partner_id
        parts = (
            (self.amount_tax, "collection_vat_relief_account_id"),
            (self.amount_company - self.amount_tax, setting),
        )
        return [
            {
                "name": name,
                "partner_id": False if setting == "collection_recovery_account_id" else partner.id,
                "account_id": recovery._require_setting(setting).id,
                "balance": -amount,
            }
            for amount, setting in parts
            if not self.company_currency_id.is_zero(amount)
        ]
