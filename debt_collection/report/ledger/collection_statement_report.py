from odoo import api, fields, models

from ...tools.client_input import as_day, whole_number
from ...tools.letter_text import script_font


class CollectionStatementReport(models.AbstractModel):
    """The printed statement; whoever prints it must be allowed to see the account (P1.4)."""

    _name = "report.debt_collection.report_statement"
    _description = "Statement of Account"

    @api.model
    def _get_report_values(self, docids, data=None):
        """See ``res.partner._get_collection_statement_data`` for ``data``."""
        data = data or {}
        partners = self.env["res.partner"].browse(
            docids or [whole_number(partner) or 0 for partner in data.get("partner_ids") or []]
        )
        partners = partners.commercial_partner_id
        partners._check_collection_statement()
        # A client can ask for the report itself, with anything for these.
        company = self.env["res.company"].browse(whole_number(data.get("company_id")) or 0)
        company = company or self.env.company
        if not self.env.su and company not in self.env.companies:
            company = self.env.company
        date_to = as_day(data.get("date_to")) or company._get_collection_today()
        date_from = as_day(data.get("date_from")) or fields.Date.subtract(date_to, months=3)
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
            "script_font": script_font,
            **partners._on_statement_print(statements, company),
        }

