from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionWriteoffLine(models.Model):
    """What came after all for a written-off debt, and what can still be claimed."""

    _inherit = "collection.writeoff.line"

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
