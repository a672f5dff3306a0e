from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.writeoff import company_part


class CollectionWriteoffLine(models.Model):
    """A debt that was written off, whole or in part: the off-book register of what is owed.

    Amounts are in the item's currency unless they say “company”. What a posted line says was
    taken from allowance, tax and expense is what its entry says.
    """

    _name = "collection.writeoff.line"
    _description = "Written-off Debt"
    _inherit = "collection.mixin"
    _order = "date desc, id"
    _check_company_auto = True

    writeoff_id = fields.Many2one(
        "collection.writeoff", "Write-off", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="writeoff_id.state", store=True, index=True)
    company_id = fields.Many2one(related="writeoff_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="writeoff_id.partner_id", store=True, index=True)
    case_id = fields.Many2one(related="writeoff_id.case_id", store=True, index=True)
    reason_id = fields.Many2one(related="writeoff_id.reason_id", store=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    item_id = fields.Many2one(
        "account.move.line", required=True, index=True, check_company=True, ondelete="restrict"
    )
    document_id = fields.Many2one(related="item_id.move_id", string="Document")
    date_due = fields.Date(related="item_id.collection_date_due", string="Due Date")
    currency_id = fields.Many2one(related="item_id.currency_id")
    amount_open = fields.Monetary("Open", compute="_compute_amount_open")
    amount = fields.Monetary("Written Off", required=True)
    amount_company = fields.Monetary(
        "Written Off (Company)", compute="_compute_amount_company", store=True,
        currency_field="company_currency_id",
    )
    amount_allowance = fields.Monetary(
        "From Allowance", readonly=True, copy=False, currency_field="company_currency_id"
    )
    amount_tax = fields.Monetary(
        "Tax Relief", readonly=True, copy=False, currency_field="company_currency_id"
    )
    amount_tax_suspended = fields.Monetary(
        "Tax Not Due", readonly=True, copy=False, currency_field="company_currency_id",
        help="Tax that is due once the customer pays: it is taken out of the account where it"
        " waits, and never falls due.",
    )
    amount_expense = fields.Monetary(
        "Expense", readonly=True, copy=False, currency_field="company_currency_id"
    )
    move_line_id = fields.Many2one("account.move.line", "Credit", readonly=True, copy=False)
    date = fields.Date("Written Off On", readonly=True, copy=False, index=True)
    is_followed = fields.Boolean(
        "Still Followed", compute="_compute_is_followed", store=True, readonly=False,
        help="The debt is off the books, but is still claimed from the customer.",
    )
    date_limit = fields.Date(
        "Limitation", copy=False, help="The last day on which the debt can be claimed."
    )
    _item_unique = models.UniqueIndex(
        "(writeoff_id, item_id)", "An item is in a write-off once only."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "Write off an amount above zero, or leave the item out."
    )

    recovery_line_ids = fields.One2many(
        "collection.recovery.line", "writeoff_line_id", "Recoveries"
    )
    amount_recovered = fields.Monetary("Recovered", compute="_compute_recovered", store=True)
    amount_recovered_company = fields.Monetary(
        "Recovered (Company)", compute="_compute_recovered", store=True,
        currency_field="company_currency_id",
    )
    amount_claimable = fields.Monetary(
        "Still Claimable", compute="_compute_claimable", store=True
    )
    amount_claimable_company = fields.Monetary(
        "Still Claimable (Company)", compute="_compute_claimable", store=True,
        currency_field="company_currency_id",
    )
    _people_terms_of = "writeoff_id"
    _people_create = {"writeoff_id"}
    _people_write = {
        "draft": {"item_id", "amount"},
        "*": {"is_followed", "date_limit"},
    }

    @api.depends("item_id", "writeoff_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.document_id.name or line.item_id.name or ''} – {line.writeoff_id.name}"
            )

    # Not depending on residuals: payments would have to look for write-offs.
    @api.depends("item_id")
    def _compute_amount_open(self):
        for line in self:
            line.amount_open = line.item_id.amount_residual_currency

    @api.depends("item_id", "amount")
    def _compute_amount_company(self):
        """What the amount is worth in the ledger; taken again when it is posted."""
        for line in self:
            line.amount_company = line._get_amount_company()

    def _get_amount_company(self):
        self.ensure_one()
        item = self.item_id
        if not item:
            return 0.0

        def exact(amount):
            return Decimal(str(amount))

        return float(
            company_part(
                exact(item.currency_id.round(self.amount)),
                exact(item.currency_id.round(item.amount_residual_currency)),
                exact(item.company_currency_id.round(item.amount_residual)),
                exact(item.amount_currency),
                exact(item.balance),
                exact(item.company_currency_id.rounding),
            )
        )

    @api.depends("writeoff_id.reason_id")
    def _compute_is_followed(self):
        for line in self:
            line.is_followed = line.writeoff_id.reason_id.is_followed

    @api.onchange("item_id")
    def _onchange_item_id(self):
        if self.item_id and not self.amount:
            self.amount = self.item_id.amount_residual_currency

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.writeoff_id._check_state("draft")
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        if not self.env.su:
            self.writeoff_id._check_state("draft", "cancelled")

    def action_toggle_followed(self):
        """Go on claiming these debts, or give them up."""
        self.check_access("write")
        for line in self:
            line.is_followed = not line.is_followed

    def _get_tax_share(self):
        """How much of the debt is tax that was due when it was invoiced, from 0 to 1."""
        self.ensure_one()
        tax = self._get_tax_lines() - self._get_suspended_tax_lines()
        return self._get_share_of_invoice(tax)

    def _get_tax_lines(self):
        move = self.item_id.move_id
        lines = move.line_ids if move.is_invoice(include_receipts=True) else self.item_id.browse()
        return lines.filtered(lambda line: line.display_type == "tax")

    def _get_suspended_tax_lines(self):
        """The invoice's tax that falls due when it is paid (cash basis)."""
        return self._get_tax_lines().filtered(
            lambda line: line.tax_line_id.tax_exigibility == "on_payment"
        )

    def _get_share_of_invoice(self, tax_lines):
        """How much of the debt some tax is, from 0 to 1: as in the invoice it belongs to."""
        owed = sum(
            self.item_id.move_id.line_ids.filtered(
                lambda line: line.display_type == "payment_term"
            ).mapped("balance")
        )
        return min(max(-sum(tax_lines.mapped("balance")) / owed, 0), 1) if owed else 0

    def _share_suspended_tax(self, amount):
        """An amount of suspended tax by the tax line of the invoice that it is of."""
        lines = self._get_suspended_tax_lines()
        total, left = sum(lines.mapped("balance")), amount
        shares = {}
        for line in lines:
            shares[line] = left if line == lines[-1] else self.company_currency_id.round(
                amount * line.balance / total
            )
            left -= shares[line]
        return shares

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
        # Tax that waits for the payment waits no longer, and is no expense either.
        suspended = [
            {
                "name": name,
                "partner_id": partner.id,
                "account_id": tax_line.account_id.id,
                "balance": amount,
            }
            for tax_line, amount in self._share_suspended_tax(self.amount_tax_suspended).items()
            if not self.company_currency_id.is_zero(amount)
        ]
        return [
            *debits,
            *suspended,
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

    # What came after all for a written-off debt, and what can still be claimed.

    @api.depends(
        "recovery_line_ids.state", "recovery_line_ids.amount_debt",
        "recovery_line_ids.amount_company",
    )
    def _compute_recovered(self):
        for debt in self:
            posted = debt.recovery_line_ids.filtered(lambda line: line.state == "posted")
            debt.amount_recovered = sum(posted.mapped("amount_debt"))
            debt.amount_recovered_company = sum(posted.mapped("amount_company"))

    @api.depends("state", "amount", "amount_company", "amount_recovered")
    def _compute_claimable(self):
        """Nothing before it is written off, nor after that was undone."""
        for debt in self:
            left = debt.amount - debt.amount_recovered if debt.state == "posted" else 0
            debt.amount_claimable = left
            debt.amount_claimable_company = (
                debt.company_currency_id.round(debt.amount_company * left / debt.amount)
                if debt.amount and debt.company_currency_id else 0
            )

    def _get_claimable(self, currency, besides=None):
        """What can be recovered still in some currency, other requests taken off."""
        self.ensure_one()
        # A request by somebody else counts, seen or not.
        asked = sum(
            self.sudo().recovery_line_ids.filtered(
                lambda line: line.state in ("requested", "approved")
                and line.recovery_id.id not in (besides.ids if besides else [])
            ).mapped("amount_debt")
        )
        left = self.amount_claimable - asked
        if currency == self.currency_id or not self.amount:
            return self.currency_id.round(left)
        company_left = self.company_currency_id.round(left * self.amount_company / self.amount)
        return self.company_currency_id._convert(
            company_left, currency, self.company_id, self.company_id._get_collection_today()
        )

    def action_recover(self):
        """A new recovery of these debts of one customer, with the oldest unmatched money."""
        debts = self.filtered(lambda debt: debt.state == "posted" and debt.amount_claimable)
        if not debts:
            raise UserError(self.env._("Choose written-off debts that can still be claimed."))
        if len(debts.partner_id) > 1 or len(debts.company_id) > 1:
            raise UserError(
                self.env._(
                    "A recovery is for one customer: %(customers)s are chosen.",
                    customers=", ".join(debts.partner_id.mapped("name")),
                )
            )
        recovery = self.env["collection.recovery"]
        credit = self.env["account.move.line"].search(
            recovery._get_credit_domain(debts.partner_id, debts.company_id),
            order="date, id", limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recovery"),
            "res_model": recovery._name,
            "views": [(False, "form")],
            "context": {
                "default_partner_id": debts.partner_id.id,
                "default_company_id": debts.company_id.id,
                "default_credit_id": credit.id,
                "collection_writeoff_line_ids": debts.ids,
            },
        }

    def action_register_payment(self):
        """Odoo's own payment form; the money is matched with the debt by a recovery."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment"),
            "res_model": "account.payment",
            "views": [(False, "form")],
            "context": {
                "default_payment_type": "inbound",
                "default_partner_type": "customer",
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_currency_id": self.currency_id.id,
                "default_amount": self.amount_claimable,
                "default_memo": self.display_name,
            },
        }

