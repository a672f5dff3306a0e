from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...tools.writeoff import split_debit
from ..base.collection_guard import with_ours
from ..posting.collection_posting import BEFORE_POSTING
from ..record.collection_approval import SEALED_DECISION


class CollectionWriteoff(models.Model):
    """Debts of a customer given up in the books: asked for, approved, posted (P2.4, P5.1).

    Dr allowance as far as it goes, then bad debt expense; Cr receivable, matched with the item.
    Never a credit note: the customer still owes the money.
    """

    _name = "collection.writeoff"
    _description = "Write-off"
    _inherit = ["collection.mixin", "collection.posting", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    case_id = fields.Many2one(
        "collection.case", check_company=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, readonly=False,
        required=True, precompute=True, index=True, ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, readonly=False, required=True,
        precompute=True, index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason_id = fields.Many2one(
        "collection.writeoff.reason", required=True, ondelete="restrict", tracking=True
    )
    note = fields.Text("Explanation")
    attachment_ids = fields.Many2many("ir.attachment", string="Evidence", copy=False)
    line_ids = fields.One2many(
        "collection.writeoff.line", "writeoff_id", "Debts",
        compute="_compute_line_ids", store=True, readonly=False, copy=False,
    )
    is_tax_relief = fields.Boolean(
        "Claim Tax Back", compute="_compute_is_tax_relief", store=True, readonly=False,
        help="The tax part of the debts goes to the account for tax relief on bad debts. Proposed"
        " where the law of the company's country gives it back by now.",
    )
    tax_relief_note = fields.Text("Tax on the Debts", compute="_compute_tax_relief_note")
    amount = fields.Monetary("Written Off", compute="_compute_amounts", store=True, tracking=True)
    amount_allowance = fields.Monetary("From Allowance", compute="_compute_amounts", store=True)
    amount_expense = fields.Monetary("Expense", compute="_compute_amounts", store=True)
    amount_tax = fields.Monetary("Tax Relief", compute="_compute_amounts", store=True)
    amount_tax_suspended = fields.Monetary(
        "Tax Not Due", compute="_compute_amounts", store=True,
        help="Tax that falls due when the customer pays, and so never does.",
    )
    amount_recovered = fields.Monetary("Recovered", compute="_compute_amounts", store=True)
    needs_second_approval = fields.Boolean(compute="_compute_needs_second_approval")
    is_unmatched = fields.Boolean(compute="_compute_is_unmatched")

    _sealed_fields = (
        "name", "case_id", "company_id", "reason_id", "is_tax_relief", *SEALED_DECISION,
    )
    _sealed_personal = ("note", "attachment_ids")
    _sealed_lines = {"line_ids": (("item_id", "amount"), ())}
    # What foreign items are worth is taken anew when it is posted: its sum is checked, not kept.
    _sealed_sums = {
        "amount": ("line_ids", ("amount_company",)),
        "amount_allowance": ("line_ids", ("amount_allowance",)),
        "amount_expense": ("line_ids", ("amount_expense",)),
        "amount_tax": ("line_ids", ("amount_tax",)),
        "amount_tax_suspended": ("line_ids", ("amount_tax_suspended",)),
    }
    _people_create = {"case_id", "partner_id", "company_id"}
    _people_write = {
        BEFORE_POSTING: {"date"},
        "draft": {"reason_id", "note", "attachment_ids", "line_ids", "is_tax_relief"},
    }

    @api.depends("case_id")
    def _compute_partner_id(self):
        for writeoff in self:
            writeoff.partner_id = writeoff.case_id.partner_id or writeoff.partner_id

    @api.depends("case_id")
    def _compute_company_id(self):
        for writeoff in self:
            writeoff.company_id = (
                writeoff.case_id.company_id or writeoff.company_id or self.env.company
            )

    @api.depends("case_id", "partner_id", "company_id")
    def _compute_line_ids(self):
        """Propose everything of the customer that is open and not asked for already."""
        for writeoff in self:
            if writeoff.state != "draft" or writeoff.line_ids or not writeoff.partner_id:
                continue
            items = writeoff._get_proposed_items()
            writeoff.line_ids = [
                Command.create({"item_id": item.id, "amount": amount})
                for item, amount in items._get_amounts_to_write_off().items()
                if amount > 0
            ]

    def _get_proposed_items(self):
        """The overdue items of the case, else all open items of the customer."""
        self.ensure_one()
        if self.case_id:
            return self.case_id.line_ids.filtered("collection_tier_id")
        customer = self.partner_id.commercial_partner_id
        return self.env["account.move.line"].search(
            self.env["account.move.line"]._get_collectable_domain()
            & Domain("partner_id.commercial_partner_id", "in", customer.ids)
            & Domain("company_id", "=", self.company_id.id),
            order="date_maturity, id",
        )

    @api.depends(
        "line_ids.amount_company", "line_ids.amount_allowance", "line_ids.amount_expense",
        "line_ids.amount_tax", "line_ids.amount_tax_suspended",
        "line_ids.amount_recovered_company",
    )
    def _compute_amounts(self):
        for writeoff in self:
            lines = writeoff.line_ids
            writeoff.amount = sum(lines.mapped("amount_company"))
            for name in (
                "amount_allowance", "amount_expense", "amount_tax", "amount_tax_suspended",
            ):
                writeoff[name] = sum(lines.mapped(name))
            writeoff.amount_recovered = sum(lines.mapped("amount_recovered_company"))

    @api.depends("company_id", "partner_id")
    def _compute_is_tax_relief(self):
        """Propose what the law gives; afterwards it is whoever asks for it that decides."""
        for writeoff in self:
            today = writeoff.company_id._get_collection_today()
            law = writeoff._get_debt_tax_law(today)
            first_day = writeoff._get_tax_relief_day(law)
            writeoff.is_tax_relief = bool(
                # The company's settings, whoever asks for a write-off.
                writeoff.company_id.sudo().collection_vat_relief_account_id
                and first_day and first_day <= today
            )

    def _get_debt_tax_law(self, day):
        """What the law says of the tax on bad debts where the company pays its tax."""
        self.ensure_one()
        return self.env["collection.country.law"]._find_tax_law("debt_tax", self.company_id, day)

    def _get_taxed_lines(self):
        # The books say it, whoever may open the invoices.
        return self.sudo().line_ids.filtered(lambda line: line._get_tax_share() > 0)

    def _get_tax_relief_day(self, law):
        """The first day on which the tax of all these debts is given back; else ``None``."""
        self.ensure_one()
        lines = self._get_taxed_lines()
        if not law or law.is_none or not lines:
            return None
        start = max(
            max(filter(None, (line.item_id._get_collection_due(), line.document_id.invoice_date)))
            for line in lines
        )
        wait = {"day": "days", "month": "months"}.get(law.unit)
        return start + relativedelta(**{wait: law.count}) if wait else start

    @api.depends("company_id", "line_ids.item_id", "is_tax_relief", "date")
    @api.depends_context("lang")
    def _compute_tax_relief_note(self):
        """What the law gives back of the tax, from when on, and what Odoo does not book."""
        for writeoff in self:
            writeoff.tax_relief_note = (
                writeoff._describe_tax_relief() if writeoff._get_taxed_lines() else False
            )

    def _describe_tax_relief(self):
        day = self.date or self.company_id._get_collection_today()
        law = self._get_debt_tax_law(day)
        if not law:
            return self.env["collection.country.law"]._get_words_unknown_tax(self.company_id)
        words = [law._get_words_cited()]
        first_day = self._get_tax_relief_day(law)
        if law.is_none:
            words.append(self.env._("The law gives no tax back on these debts."))
        elif first_day > day:
            words.append(self.env._(
                "The tax of these debts is given back from %(date)s on.",
                date=format_date(self.env, first_day),
            ))
        # The company's settings, whoever asks for a write-off.
        elif not self.company_id.sudo().collection_vat_relief_account_id:
            words.append(self.env._(
                "Choose the account for tax relief under Set Up Accounts to claim it."
            ))
        if self.is_tax_relief:
            words.append(self.env._(
                "Posted with the write-off: the tax part of each invoice, on the account for tax"
                " relief. Not done by itself: the figures of the tax return, and the notice or"
                " corrected invoice to the customer where the law asks for one."
            ))
        return "\n".join(words)

    @api.depends("amount", "company_id")
    def _compute_needs_second_approval(self):
        for writeoff in self:
            writeoff.needs_second_approval = writeoff._needs_second_approval()

    @api.depends("state", "line_ids")
    def _compute_is_unmatched(self):
        """Whether somebody took a posted entry and its items apart in accounting."""
        for writeoff in self:
            credits_sudo = writeoff.sudo().line_ids.move_line_id
            writeoff.is_unmatched = writeoff.state == "posted" and not all(
                credits_sudo.mapped("reconciled")
            )

    def _needs_second_approval(self):
        self.ensure_one()
        # A setting of the company, whoever asks.
        limit = self.company_id.sudo().collection_writeoff_limit
        return bool(limit) and self.currency_id.compare_amounts(self.amount, limit) > 0

    @api.model_create_multi
    def create(self, vals_list):
        # Whoever asks need not have a right on sequences.
        sequence = self.env["ir.sequence"].sudo()
        vals_list = [
            with_ours(vals, name=sequence.next_by_code("collection.writeoff") or "/")
            for vals in vals_list
        ]
        writeoffs = super().create(vals_list)
        writeoffs._own_evidence()
        return writeoffs

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._own_evidence()
        return result

    def _own_evidence(self):
        """Whoever sees the write-off sees its evidence, not the uploader alone."""
        for writeoff in self:
            # Files that belong to something else stay there.
            writeoff.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            ).write({"res_model": self._name, "res_id": writeoff.id})

    @api.model
    def _get_new_action(self, partner, company, case, items):
        """A new write-off of some items, to be completed and saved by whoever asks for it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write-off"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_case_id": case.id,
                "default_partner_id": partner.id,
                "default_company_id": company.id,
                "default_line_ids": [
                    Command.create({"item_id": item.id, "amount": amount})
                    for item, amount in items._get_amounts_to_write_off().items()
                    if amount > 0
                ],
            },
        }

    @api.readonly
    def action_view_entry(self):
        """The journal entry that wrote the debts off."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("“%(record)s” is not posted.", record=self.name))
        return self.move_id._get_records_action(name=self.env._("Journal Entry"))

    # What must be true of a write-off before it is asked for, approved and posted.

    def _check_complete(self):
        for writeoff in self:
            writeoff._check_items()
            writeoff._check_evidence()
        # The worth of a part follows the item: take it as it is now.
        self.sudo().line_ids._compute_amount_company()

    def _check_approvable(self):
        for writeoff in self:
            writeoff._check_items()

    def _check_can_redraft(self):
        """What was approved is sealed: cancel it, and ask for it anew."""
        self._check_state("requested", "refused")

    def _check_evidence(self):
        """Raise a ``UserError`` if the reason asks for a paper or words that are missing."""
        self.ensure_one()
        if self.reason_id.is_evidence_required and not self.attachment_ids:
            raise UserError(
                self.env._(
                    "Attach the evidence to “%(record)s”: “%(reason)s” needs a paper.",
                    record=self.display_name,
                    reason=self.reason_id.name,
                )
            )
        if self.reason_id.is_note_required and not (self.note or "").strip():
            raise UserError(
                self.env._(
                    "Explain “%(record)s”: “%(reason)s” alone does not say why.",
                    record=self.display_name,
                    reason=self.reason_id.name,
                )
            )

    def _check_items(self):
        """Raise a ``UserError`` if an item cannot be written off, or not that much of it."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(
                self.env._("“%(record)s” names no items to write off.", record=self.display_name)
            )
        # Whoever asks or approves is told of all items, those of other collectors, too.
        items_sudo = self.sudo().line_ids.item_id
        items_sudo.invalidate_recordset(["amount_residual", "amount_residual_currency"])
        left = items_sudo._get_amounts_to_write_off(besides=self)
        for line in self.sudo().line_ids:
            item = line.item_id
            name = item.move_id.name or item.name
            if (
                item.company_id != self.company_id
                or item.partner_id.commercial_partner_id
                # Whose debt it is, of a write-off that the user may see.
                != self.sudo().partner_id.commercial_partner_id
            ):
                raise UserError(
                    self.env._(
                        "%(item)s is no debt of %(customer)s in this company.",
                        item=name,
                        # Whose debt it is, of a write-off that the user may see.
                        customer=self.sudo().partner_id.name,
                    )
                )
            if item.parent_state != "posted" or item.account_id.account_type != "asset_receivable":
                raise UserError(
                    self.env._("%(item)s is not a posted debt of the customer.", item=name)
                )
            if item.currency_id.compare_amounts(line.amount, left[item]) > 0:
                raise UserError(
                    self.env._(
                        "%(amount)s of %(item)s cannot be written off: %(left)s are open and not"
                        " in another request.",
                        amount=formatLang(self.env, line.amount, currency_obj=item.currency_id),
                        item=name,
                        left=formatLang(
                            self.env, max(left[item], 0), currency_obj=item.currency_id
                        ),
                    )
                )

    # A write-off in the books: its entry, matched with the debts, and its undoing (P2.4).

    def _do_post(self, date):
        """Post and match the entry; what is open is looked at again under a lock."""
        self.ensure_one()
        journal = self._require_setting("collection_journal_id")
        self._check_posting_date(date, journal)
        items = self.line_ids.item_id
        self._lock_or_tell(items)
        self._check_items()
        self._set_amounts()
        self._check_second_approval()
        move = self.env["account.move"].with_company(self.company_id).create(
            self._prepare_move_vals(date, journal)
        )
        move._post(soft=False)
        credits = move.line_ids.filtered("collection_writeoff_line_id")
        for credit in credits:
            credit.collection_writeoff_line_id.move_line_id = credit
        # Nobody has paid: no tax falls due that waits for the payment.
        credits.with_context(no_cash_basis=True)._reconcile_plan([
            credit + credit.collection_writeoff_line_id.item_id for credit in credits
        ])
        for line in self.line_ids.filtered("amount_tax_suspended"):
            for account, taxes in line._get_suspended_tax_lines().grouped("account_id").items():
                waiting = (taxes | move.line_ids).filtered(
                    lambda line, account=account: line.account_id == account
                    and not line.reconciled
                )
                if account.reconcile:
                    waiting.reconcile()
        self._after_post(move)
        return move

    def _check_second_approval(self):
        """Raise a ``UserError`` if what is posted is worth more than one person may approve.

        The worth of foreign currencies may have changed since it was approved.
        """
        self.ensure_one()
        if self._needs_second_approval() and not self.second_approved_by_id:
            raise UserError(
                self.env._(
                    "“%(record)s” is worth %(amount)s today, more than one manager may approve."
                    " Cancel it and ask for it anew, so that a second manager approves it, too.",
                    record=self.display_name,
                    amount=formatLang(self.env, self.amount, currency_obj=self.currency_id),
                )
            )

    def _set_amounts(self):
        """Fix what each line takes from tax, allowance and expense."""
        allowances, limits = self._on_allowances(), self._on_limits()
        for line in self.line_ids:
            amount = line._get_amount_company()
            currency = line.company_currency_id
            suspended_share = line._get_share_of_invoice(line._get_suspended_tax_lines())
            relief_share = line._get_tax_share() if self.is_tax_relief else 0
            parts = split_debit(
                Decimal(str(currency.round(amount))),
                Decimal(str(suspended_share + relief_share)),
                Decimal(str(currency.round(allowances.get(line.item_id.id, 0)))),
                Decimal(str(currency.rounding)),
            )
            suspended = (
                currency.round(amount * suspended_share) if relief_share else float(parts["tax"])
            )
            line.write({
                "amount_company": amount,
                "amount_tax": currency.round(float(parts["tax"]) - suspended),
                "amount_tax_suspended": suspended,
                "amount_allowance": float(parts["allowance"]),
                "amount_expense": float(parts["expense"]),
                "date_limit": line.date_limit or limits.get(line.item_id.id),
            })

    def _on_allowances(self):
        """Called for what was set aside for the items; returns amounts by item's id.

        Implemented in models/flow/collection_writeoff.py.
        """
        return {}

    def _on_limits(self):
        """Called for the last day on which the items can be claimed; returns it by item's id.

        Implemented in models/flow/collection_writeoff.py.
        """
        return {}

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

