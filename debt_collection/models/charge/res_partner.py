from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class ResPartner(models.Model):
    """What was agreed with the customer on paying late, and what that amounts to."""

    _inherit = "res.partner"

    collection_charge_terms_id = fields.Many2one(
        "collection.charge.terms",
        "Late Charges",
        company_dependent=True,
        copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Empty: the terms of the policy that the customer follows.",
    )
    _collection_people = {"collection_charge_terms_id": ("manager", "finance")}
    collection_amount_charges = fields.Monetary(
        "Late Charges to Date",
        compute="_compute_collection_amount_charges",
        currency_field="collection_currency_id",
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Accrued on the customer's open cases and not charged yet; not in the books.",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id.collection_case_ids.stage")
    def _compute_collection_amount_charges(self):
        # A case's amount is told to whoever sees it: the rules on cases apply.
        cases = self.env["collection.case"].search([
            ("partner_id", "in", self.commercial_partner_id.ids),
            ("company_id", "=", self.env.company.id),
            ("stage", "!=", "closed"),
        ])
        amounts = {case.partner_id: case.amount_charges for case in cases}
        for partner in self:
            partner.collection_amount_charges = amounts.get(partner.commercial_partner_id, 0)

    # The statement of account says what has accrued on it, below the balance: a memo.

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

    def _describe_statement_charges(self, account, date_to):
        """What has accrued on an account and is not invoiced, in a sentence for the customer."""
        def money(name):
            return formatLang(
                self.env, account["charges"][name], currency_obj=account["currency"]
            )

        return self.env._(
            "Late charges accrued up to %(date)s, not invoiced yet and not part of the balance:"
            " interest %(interest)s, fees %(fees)s, together %(total)s. For each further day:"
            " %(per_day)s.",
            date=format_date(self.env, date_to), interest=money("interest"), fees=money("fee"),
            total=money("total"), per_day=money("per_day"),
        )

    # Below the account: what has accrued, a memo, and where it can be paid online.

    def _write_statement_pay_link(self, sheet, row, company, formats):
        """The row below where the statement can be paid online, if it can."""
        url = self._get_collection_pay_url(company)
        if url:
            sheet.write_string(row, 1, self.env._("Pay online"), formats["bold"])
            sheet.write_url(row, 2, url)

    def _write_statement_charges(self, sheet, row, charges, date_to, formats, column):
        """The row below what has accrued, if anything has."""
        if not charges["total"]:
            return row
        title = self.env._(
            "Late charges accrued up to %(date)s, not part of the balance", date=date_to.isoformat()
        )
        sheet.write_string(row, 1, title, formats["bold"])
        for title, key in (
            (self.env._("Interest"), "interest"),
            (self.env._("Fees"), "fee"),
            (self.env._("Together"), "total"),
            (self.env._("More for each day"), "per_day"),
        ):
            row += 1
            sheet.write_string(row, 1, title)
            sheet.write_number(row, column, charges[key], formats["money"])
        return row + 2

