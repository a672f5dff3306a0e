from dateutil.relativedelta import relativedelta

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools.provision import entry
from .collection_guard import OURS


class CollectionProvision(models.Model):
    """The entry that takes the allowance account to what is required (P2.4)."""

    _inherit = "collection.provision"

    def _check_accounts(self):
        """Raise a ``UserError`` unless journal and accounts are chosen."""
        return [
            self._require_setting(name)
            for name in ("collection_journal_id", "collection_impairment_account_id",
                         "collection_allowance_account_id")
        ]

    def _get_posting_date(self):
        self.ensure_one()
        return self.date or self.date_exposure

    def _get_allowance_balance(self, date):
        """Credit balance of the company's allowance account in posted entries.

        :param date date: the day, inclusive
        """
        self.ensure_one()
        account_sudo = self.company_id.sudo().collection_allowance_account_id
        if not account_sudo or not date:
            return 0.0
        # The balance of an account, whichever of its entries the user may open.
        [[balance]] = self.env["account.move.line"].sudo()._read_group([
            ("account_id", "=", account_sudo.id),
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "<=", date),
        ], aggregates=["balance:sum"])
        return self.company_id.currency_id.round(-(balance or 0.0))

    def _check_postable(self):
        for provision in self:
            provision._check_no_later(
                self.env._(
                    "A later month than “%(name)s” is posted already: its entry counted on the"
                    " allowance as it stands. Undo the later one first.", name=provision.name,
                )
            )
            # The ledger decides, whoever may open its items.
            if provision.previous_id != provision.sudo()._get_previous():
                raise UserError(
                    self.env._(
                        "The month before changed after “%(name)s” was asked for. Cancel it and"
                        " compute it again.", name=provision.name,
                    )
                )

    def _check_no_later(self, words):
        # Whether there is a later one, whoever may see it.
        if self.sudo().search_count([
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
            ("month", ">", self.month),
        ], limit=1):
            raise UserError(words)

    def _do_post(self, date):
        journal, impairment, account = self._check_accounts()
        self._check_posting_date(date, journal)
        currency = self.company_id.currency_id
        balance = self._get_allowance_balance(date)
        amount = currency.round(entry(self.amount_required, balance))
        self.write({
            "balance_posted": balance,
            "entry_posted": amount,
            "allowance_account_id": account.id,
        })
        if currency.is_zero(amount):
            return self.env["account.move"]
        move = self.env["account.move"].with_company(self.company_id).create({
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": self.name,
            "line_ids": [
                Command.create({"account_id": account_id, "name": self.name, "balance": value})
                for account_id, value in ((impairment.id, amount), (account.id, -amount))
            ],
        })
        move._post(soft=False)
        if self.auto_reverse:
            self.reversal_move_id = self._do_reverse(move, date + relativedelta(months=1, day=1))
        return move

    def _do_reverse(self, move, date, field="date"):
        """Post the opposite of an entry on a day in an open period.

        :param str field: where the user chooses that day
        """
        self._check_open_period(date, move.journal_id, field=field)
        reversal = move._reverse_moves([{
            "date": date, "ref": self.env._("Reversal: %(name)s", name=self.name),
        }])
        reversal._post(soft=False)
        return reversal

    def _do_undo(self, date):
        """Take the entry back on its own day, so that the month can be made anew.

        On the reversal date where one is chosen: it has to be where that day is locked. An
        automatic reversal is taken back as well, on its own day or that date if it is later.
        """
        self._check_no_later(
            self.env._(
                "A later month than “%(name)s” is posted already: undo that one first.",
                name=self.name,
            )
        )
        undoing = self.env["account.move"]
        for move in self.move_id | self.reversal_move_id:
            undoing |= self._do_reverse(
                move.with_context(collection_posting_undo=OURS),
                max(self.date_undo or move.date, move.date),
                field="date_undo",
            )
        return undoing[:1]
