from odoo import api, fields, models


class CollectionStatementReport(models.AbstractModel):
    """The printed statement; whoever prints it must be allowed to see the account (P1.4)."""

    _name = "report.debt_collection.report_statement"
    _description = "Statement of Account"

    @api.model
    def _get_report_values(self, docids, data=None):
        """See ``res.partner._get_collection_statement_data`` for ``data``."""
        data = data or {}
        partners = self.env["res.partner"].browse(docids or data.get("partner_ids") or [])
        partners = partners.commercial_partner_id
        partners._check_collection_statement()
        company = self.env["res.company"].browse(data.get("company_id")) or self.env.company
        if not self.env.su and company not in self.env.companies:
            company = self.env.company
        date_to = fields.Date.to_date(data.get("date_to")) or company._get_collection_today()
        date_from = fields.Date.to_date(data.get("date_from")) or fields.Date.subtract(
            date_to, months=3
        )
        # Checked above: the account is whole, whichever entries the user may open.
        statements = partners.sudo()._get_collection_statement(date_from, date_to, company.sudo())
        return {
            "doc_ids": partners.ids,
            "doc_model": "res.partner",
            "docs": partners,
            "company": company,
            "date_from": date_from,
            "date_to": date_to,
            "statements": statements,
            **partners._on_statement_print(statements, company),
        }

