from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..tools.client_input import as_day, whole_number
from .collection_overdue_list import XLSX


class CollectionStatementController(http.Controller):
    @http.route(
        "/debt_collection/statement/<int(min=1,max=2147483647):partner_id>/xlsx",
        type="http", auth="user", readonly=True,
    )
    def download_xlsx(self, partner_id, date_from=None, date_to=None, company_id=None):
        """The statement of account of a customer; 404 for who may not see it."""
        partner, start, end, company = self._get_checked(
            partner_id, date_from, date_to, company_id
        )
        # Checked above: the account is whole, whichever entries the user may open.
        partner_sudo = partner.sudo().with_context(
            lang=partner._get_collection_document_lang(company)
        )
        return self._make_file(
            f"{partner_sudo._get_collection_statement_name(end)}.xlsx", XLSX,
            partner_sudo._get_collection_statement_xlsx(start, end, company.sudo()),
        )

    @http.route(
        "/debt_collection/statement/<int(min=1,max=2147483647):partner_id>/pdf",
        type="http", auth="user",
    )
    def download_pdf(self, partner_id, date_from=None, date_to=None, company_id=None):
        """The statement as a PDF, named after the customer and its last day."""
        partner, start, end, company = self._get_checked(
            partner_id, date_from, date_to, company_id
        )
        name, content = partner._get_collection_statement_pdf(start, end, company)
        kind = "application/pdf" if name.endswith(".pdf") else "text/html"
        return self._make_file(name, kind, content)

    def _get_checked(self, partner_id, date_from, date_to, company_id):
        """What is asked for, if the user may see it.

        :raises NotFound: otherwise, so that an address tells nothing
        """
        partner = request.env["res.partner"].search([("id", "=", partner_id)])
        start, end = as_day(date_from), as_day(date_to)
        company = request.env.user.company_ids.filtered(
            lambda company: company.id == whole_number(company_id)
        )
        try:
            partner._check_collection_statement()
        except AccessError:
            raise request.not_found() from None
        if not (partner and company and start and end and start <= end):
            raise request.not_found()
        return partner, start, end, company

    def _make_file(self, name, kind, content):
        return request.make_response(content, headers=[
            ("Content-Type", kind), ("Content-Disposition", content_disposition(name)),
        ])
