from odoo import api, models


class ResPartner(models.Model):
    """The statement of account says what has accrued on it, below the balance: a memo."""

    _inherit = "res.partner"

    @api.model
    def _add_statement_charges(self, statement, date_to, company):
        """Adds to each account ``charges``: dict ``interest fee total per_day`` accrued and not
        charged up to the last day, not part of the balance."""
        items = self.env["account.move.line"].search([
            ("company_id", "=", company.id),
            ("partner_id.commercial_partner_id", "in", list(statement)),
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("balance", ">", 0),
            "|", ("reconciled", "=", False), ("collection_case_id.stage", "!=", "closed"),
        ])
        sums = {}
        for item_id, charge in items._get_collection_charges(date_to).items():
            partner = items.browse(item_id).partner_id.commercial_partner_id
            sums.setdefault((partner.id, charge["currency_id"]), []).append(charge)
        for partner_id, accounts in statement.items():
            for account in accounts:
                currency = account["currency"]
                charges = sums.get((partner_id, currency.id), [])
                account["charges"] = {
                    key: currency.round(sum(charge[key] for charge in charges))
                    for key in ("interest", "fee", "total", "per_day")
                }
