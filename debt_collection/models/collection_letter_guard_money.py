from odoo import models


class CollectionLetter(models.Model):
    """Money of the customer that is there already: ask the books before the customer (P1.1)."""

    _inherit = "collection.letter"

    def _find_credits(self, credits, found):
        """Unapplied credits: deducted and shown, or a reason to wait; never against them."""
        self.ensure_one()
        totals = {total.currency_id.id: total.amount_credit for total in self.sudo().total_ids}
        for currency in self.env["res.currency"].browse(totals):
            now = credits.get(currency.id, (0.0, 0.0))[0]
            if currency.compare_amounts(now, totals[currency.id]):
                found.outdated.append(
                    self.env._(
                        "Unapplied credits are %(now)s now, the letter says %(then)s.",
                        now=self._format_amount(now, currency),
                        then=self._format_amount(totals[currency.id], currency),
                    )
                )
        if not credits or self.kind == "statement":
            return
        words = self.env._(
            "The customer has unapplied credits: %(amounts)s.",
            amounts=", ".join(
                self._format_amount(amount, self.env["res.currency"].browse(currency_id))
                for currency_id, (amount, _company) in credits.items()
            ),
        )
        # The whole letter counts, whichever of its items the user sees.
        claimed = sum(self.sudo().line_ids.mapped("amount_company"))
        net = claimed - sum(amount for _amount, amount in credits.values())
        if self.currency_id.compare_amounts(net, 0) <= 0:
            found.blocks.append(self.env._("%(words)s They cover all that is claimed.",
                                           words=words))
        elif self._get_guard("letter_credit_guard") == "block":
            found.blocks.append(words)
        else:
            found.warnings.append(words)

    def _find_bank_money(self, amount, found):
        """Money on a bank statement that nobody matched yet: ask there first."""
        self.ensure_one()
        if self.currency_id.compare_amounts(amount, 0) <= 0:
            return
        words = self.env._(
            "%(amount)s of the customer stands on bank statements, not reconciled yet.",
            amount=self._format_amount(amount),
        )
        block = self._get_guard("letter_bank_guard") == "block" and self.kind != "statement"
        (found.blocks if block else found.warnings).append(words)

    def _get_guard(self, name):
        self.ensure_one()
        # The policy holds, whoever may read it.
        policy_sudo = self.env["collection.policy"].sudo()._get_for(
            self.case_id.sudo(), self.company_id
        )
        return policy_sudo[name] or "warn"

    def _get_bank_money(self, company, partners):
        """Money that came in by bank and is not reconciled, in company currency by customer."""
        money = {}
        for partner, amounts in self.env["account.bank.statement.line"].sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("is_reconciled", "=", False),
                ("amount", ">", 0),
                ("move_id.state", "=", "posted"),
                ("partner_id.commercial_partner_id", "in", partners.ids),
            ],
            ["partner_id"],
            ["id:recordset"],
        ):
            customer = partner.commercial_partner_id.id
            money[customer] = money.get(customer, 0.0) + sum(
                line.currency_id._convert(line.amount, company.currency_id, company, line.date)
                for line in amounts
            )
        return money
