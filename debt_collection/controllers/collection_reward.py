from odoo import http
from odoo.http import content_disposition, request

from ..tools.client_input import whole_number
from .collection_overdue_list import XLSX


class CollectionRewardController(http.Controller):
    @http.route(
        "/debt_collection/payroll/<string:ids>/<string:kind>",
        type="http", auth="user", readonly=True,
    )
    def download_payroll(self, ids, kind):
        """Approved rewards for payroll, of those that the user may read; 404 for anything else."""
        user = request.env.user
        may_export = user.has_group("debt_collection.group_finance") or user.has_group(
            "debt_collection.group_manager"
        )
        if not may_export or kind not in ("csv", "xlsx"):
            raise request.not_found()
        rewards = request.env["collection.reward"].search([
            ("id", "in", [whole_number(part) or 0 for part in ids.split("-")]),
            ("state", "=", "approved"),
        ])
        if not rewards:
            raise request.not_found()
        content = rewards._get_payroll_csv() if kind == "csv" else rewards._get_payroll_xlsx()
        return request.make_response(content, headers=[
            ("Content-Type", XLSX if kind == "xlsx" else "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"payroll.{kind}")),
        ])
