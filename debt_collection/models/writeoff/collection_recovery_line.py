from odoo import Command, api, fields, models


class CollectionRecoveryLine(models.Model):
    """What of the money goes to one written-off debt.

    ``amount`` is in the money's currency, ``amount_debt`` in the debt's, at the rate it was
    booked at where the two differ.
    """

    _name = "collection.recovery.line"
    _description = "Recovery of a Written-off Debt"
    _inherit = "collection.mixin"
    _order = "recovery_id desc, id"
    _check_company_auto = True

    recovery_id = fields.Many2one(
        "collection.recovery", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="recovery_id.state", store=True, index=True)
    company_id = fields.Many2one(related="recovery_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="recovery_id.partner_id", store=True, index=True)
    writeoff_line_id = fields.Many2one(
        "collection.writeoff.line", "Debt", required=True, index=True, check_company=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="recovery_id.currency_id")
    company_currency_id = fields.Many2one(related="recovery_id.company_currency_id")
    debt_currency_id = fields.Many2one(
        related="writeoff_line_id.currency_id", string="Currency of the Debt"
    )
    amount_claimable = fields.Monetary(
        related="writeoff_line_id.amount_claimable", currency_field="debt_currency_id"
    )
    amount = fields.Monetary("Recovered", required=True)
    amount_company = fields.Monetary(
        "Recovered (Company)", compute="_compute_amounts", store=True,
        currency_field="company_currency_id",
    )
    amount_debt = fields.Monetary(
        "Off the Debt", compute="_compute_amounts", store=True, currency_field="debt_currency_id"
    )
    amount_tax = fields.Monetary(
        "Tax Due Again", compute="_compute_amounts", store=True,
        currency_field="company_currency_id",
    )
    amount_tax_suspended = fields.Monetary(
        "Tax Due Now", compute="_compute_amounts", store=True,
        currency_field="company_currency_id",
        help="Tax that falls due with the payment, and was left out by the write-off.",
    )
    _debt_unique = models.UniqueIndex(
        "(recovery_id, writeoff_line_id)", "A debt is in a recovery once only."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "Recover an amount above zero, or leave the debt out."
    )
    _people_terms_of = "recovery_id"
    _people_create = {"recovery_id"}
    _people_write = {"draft": {"writeoff_line_id", "amount"}}

    @api.depends("amount", "writeoff_line_id", "recovery_id.credit_id")
    def _compute_amounts(self):
        """At the rate of the money; what is worth the tax that was claimed back is due again."""
        for line in self:
            credit, debt = line.recovery_id.credit_id, line.writeoff_line_id
            if not credit or not debt:
                line.amount_company = line.amount_debt = line.amount_tax = 0
                line.amount_tax_suspended = 0
                continue
            rate = credit.balance / credit.amount_currency if credit.amount_currency else 1
            line.amount_company = line.company_currency_id.round(line.amount * rate)
            if credit.currency_id == debt.currency_id:
                line.amount_debt = line.amount
            else:
                line.amount_debt = debt.currency_id.round(
                    line.amount_company * debt.amount / debt.amount_company
                )
            for name in ("amount_tax", "amount_tax_suspended"):
                line[name] = line.company_currency_id.round(
                    line.amount_company * debt[name] / debt.amount_company
                    if debt.amount_company else 0
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines.recovery_id._check_state("draft")
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        if not self.env.su:
            self.recovery_id._check_state("draft", "cancelled")

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
            (self.amount_company - self.amount_tax - self.amount_tax_suspended, setting),
        )
        due = [
            {
                "name": name,
                "partner_id": partner.id,
                # Where Odoo has the tax once it is paid.
                "account_id": (
                    tax_line.tax_repartition_line_id.account_id
                    or recovery.company_id.account_cash_basis_base_account_id
                    or tax_line.account_id
                ).id,
                "tax_tag_ids": [Command.set(tax_line.tax_repartition_line_id.tag_ids.ids)],
                "balance": -amount,
            }
            for tax_line, amount in debt._share_suspended_tax(self.amount_tax_suspended).items()
            if not self.company_currency_id.is_zero(amount)
        ]
        return due + [
            {
                "name": name,
                "partner_id": False if setting == "collection_recovery_account_id" else partner.id,
                "account_id": recovery._require_setting(setting).id,
                "balance": -amount,
            }
            for amount, setting in parts
            if not self.company_currency_id.is_zero(amount)
        ]

