from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


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
            ("partner_id", "child_of", self.partner_id.commercial_partner_id.ids),
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
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("collection.recovery") or "/"
        return super().create(vals_list)

    def _get_request_fields(self):
        return {
            "partner_id", "company_id", "credit_id", "line_ids", "note",
        }

    @api.model
    def _get_credit_domain(self, partner, company):
        """Unmatched money of a customer: payments and bank entries, no credit notes."""
        return (
            Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
            & Domain("company_id", "=", company.id)
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "<", 0)
            & Domain("move_id.move_type", "!=", "out_refund")
            & Domain("collection_writeoff_line_id", "=", False)
        )

    @api.readonly
    def action_view_entry(self):
        """The journal entry of the recovery."""
        self.ensure_one()
        if not self.move_id:
            raise UserError(self.env._("“%(record)s” is not posted.", record=self.name))
        return self.move_id._get_records_action(name=self.env._("Journal Entry"))
