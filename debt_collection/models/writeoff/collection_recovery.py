from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ...tools.writeoff import company_part
from ..base.collection_guard import with_ours
from ..posting.collection_posting import BEFORE_POSTING
from ..record.collection_approval import SEALED_DECISION


class CollectionRecovery(models.Model):
    """Money that comes after all for debts that were written off (P5.1).

    Dr the customer's unmatched credit / Cr recoveries, or the allowance where the company keeps
    it so. Shown beside the bad-debt rate, never in the recovery rate, never netted.
    """

    _name = "collection.recovery"
    _description = "Recovery of Written-off Debts"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_id = fields.Many2one(
        "account.move.line", "Money Received", required=True, index=True, check_company=True,
        ondelete="restrict", help="An unmatched payment or bank entry of the customer.",
    )
    credit_move_id = fields.Many2one(related="credit_id.move_id", string="Payment Entry")
    date_received = fields.Date(related="credit_id.date", string="Received On")
    currency_id = fields.Many2one(related="credit_id.currency_id")
    amount_open = fields.Monetary("Unmatched", compute="_compute_amount_open")
    line_ids = fields.One2many(
        "collection.recovery.line", "recovery_id", "Debts",
        compute="_compute_line_ids", store=True, readonly=False, copy=False,
    )
    amount = fields.Monetary("Recovered", compute="_compute_amounts", store=True)
    amount_company = fields.Monetary(
        "Recovered (Company)", compute="_compute_amounts", store=True,
        currency_field="company_currency_id", tracking=True,
    )
    amount_tax = fields.Monetary(
        "Tax Due Again", compute="_compute_amounts", store=True,
        currency_field="company_currency_id",
    )
    note = fields.Text()

    _sealed_fields = ("name", "company_id", "credit_id", "amount", *SEALED_DECISION)
    _sealed_personal = ("note",)
    _sealed_lines = {"line_ids": (("writeoff_line_id", "amount"), ())}
    _sealed_sums = {
        "amount": ("line_ids", ("amount",)),
        "amount_company": ("line_ids", ("amount_company",)),
        "amount_tax": ("line_ids", ("amount_tax",)),
    }
    _sealed_later = ("amount",)
    _people_create = {"partner_id", "company_id", "credit_id"}
    _people_write = {
        BEFORE_POSTING: {"date"},
        "draft": {"line_ids", "note"},
    }

    @api.depends("credit_id")
    def _compute_amount_open(self):
        for recovery in self:
            recovery.amount_open = -recovery.credit_id.amount_residual_currency

    @api.depends("credit_id", "partner_id", "company_id")
    def _compute_line_ids(self):
        """Propose the oldest written-off debts that are followed, as far as the money goes."""
        for recovery in self:
            if recovery.state != "draft" or not recovery.credit_id or not recovery.partner_id:
                continue
            currency = recovery.currency_id
            left = -recovery.credit_id.amount_residual_currency
            commands = []
            for debt in recovery._get_debts():
                amount = min(left, debt._get_claimable(currency, recovery))
                if currency.compare_amounts(amount, 0) > 0:
                    commands.append(
                        Command.create({"writeoff_line_id": debt.id, "amount": amount})
                    )
                    left -= amount
            recovery.line_ids = [Command.clear(), *commands]

    def _get_debts(self):
        """Written-off debts of the customer, the oldest first."""
        self.ensure_one()
        chosen = self.env.context.get("collection_writeoff_line_ids")
        domain = Domain([
            ("partner_id.commercial_partner_id", "in", self.partner_id.commercial_partner_id.ids),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
        ])
        domain &= Domain("id", "in", chosen) if chosen else Domain("is_followed", "=", True)
        return self.env["collection.writeoff.line"].search(domain, order="date, id")

    @api.depends("line_ids.amount", "line_ids.amount_company", "line_ids.amount_tax")
    def _compute_amounts(self):
        for recovery in self:
            for name in ("amount", "amount_company", "amount_tax"):
                recovery[name] = sum(recovery.line_ids.mapped(name))

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever asks need not have a right on sequences.
        sequence = self.env["ir.sequence"].sudo()
        vals_list = [
            with_ours(vals, name=sequence.next_by_code("collection.recovery") or "/")
            for vals in vals_list
        ]
        return super().create(vals_list)

    @api.model
    def _get_credit_domain(self, partner, company):
        """Unmatched money of a customer: payments and bank entries, no credit notes."""
        return (
            Domain("partner_id.commercial_partner_id", "in", partner.commercial_partner_id.ids)
            & Domain("company_id", "=", company.id)
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "<", 0)
            & self.env["collection.cash"]._get_money_domain()
            & Domain("collection_writeoff_line_id", "=", False)
        )

    @api.readonly
    def action_view_entry(self):
        """The journal entry of the recovery."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("“%(record)s” is not posted.", record=self.name))
        return self.move_id._get_records_action(name=self.env._("Journal Entry"))

    # A recovery in the books: checks, the entry, and its undoing (P2.4).

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

