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
        # Checked above: the account is whole, whichever entries the user may open.
        partner_sudo = partner.sudo().with_context(
            lang=partner._get_collection_document_lang(company)
        )
        return request.make_response(
            partner_sudo._get_collection_statement_xlsx(start, end, company.sudo()),
            headers=[
                ("Content-Type", XLSX),
                (
                    "Content-Disposition",
                    content_disposition(
                        f"{partner_sudo._get_collection_statement_name(end)}.xlsx"
                    ),
                ),
            ],
        )
