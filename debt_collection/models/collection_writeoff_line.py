from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.writeoff import company_part

REQUEST_FIELDS = {"writeoff_id", "item_id", "amount"}
POSTED_FIELDS = {
    "amount_company", "amount_allowance", "amount_tax", "amount_expense", "move_line_id",
    "date", "amount_recovered", "amount_recovered_company",
}


class CollectionWriteoffLine(models.Model):
    """A debt that was written off, whole or in part: the off-book register of what is owed.

    Amounts are in the item's currency unless they say “company”. What a posted line says was
    taken from allowance, tax and expense is what its entry says.
    """

    _name = "collection.writeoff.line"
    _inherit = ["collection.mixin"]
    _description = "Written-off Debt"
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
    date_due = fields.Date(related="item_id.date_maturity", string="Due Date")
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
        if not self.env.su and any(POSTED_FIELDS & vals.keys() for vals in vals_list):
            raise UserError(self._get_words_steps_only())
        lines = super().create(vals_list)
        if not self.env.su:
            lines.writeoff_id._check_state("draft")
        return lines

    def write(self, vals):
        if not self.env.su:
            if POSTED_FIELDS & vals.keys():
                raise UserError(self._get_words_steps_only())
            if REQUEST_FIELDS & vals.keys():
                self.writeoff_id._check_state("draft")
        result = super().write(vals)
        if "writeoff_id" in vals and not self.env.su:
            self.writeoff_id._check_state("draft")
        return result

    def _get_words_steps_only(self):
        return self.env._("What the books say of a write-off is noted by posting it.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        if not self.env.su:
            self.writeoff_id._check_state("draft", "cancelled")

    def action_toggle_followed(self):
        """Go on claiming these debts, or give them up."""
        self.check_access("write")
        for line in self:
            line.is_followed = not line.is_followed
