from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..tools.client_input import whole_number
from .collection_overdue_list import XLSX


class CollectionCashWeekController(http.Controller):
    @http.route(
        "/debt_collection/treasury/<string:companies>/<string:kind>",
        type="http", auth="user", readonly=True,
    )
    def download_treasury(self, companies, kind):
        """The cash expected by week of companies the user works in; 404 for anything else."""
        ids = {whole_number(part) for part in companies.split("-")}
        allowed = request.env.user.company_ids.filtered(lambda company: company.id in ids)
        if kind not in ("csv", "xlsx") or not allowed:
            raise request.not_found()
        weeks = request.env["collection.cash.week"].with_context(
            allowed_company_ids=allowed.ids
        )
        try:
            content = (
                weeks._get_treasury_csv() if kind == "csv" else weeks._get_treasury_xlsx()
            )
        except AccessError:
            raise request.not_found() from None
        return request.make_response(content, headers=[
            ("Content-Type", XLSX if kind == "xlsx" else "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"cash_expected.{kind}")),
        ])
