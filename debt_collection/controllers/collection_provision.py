from odoo import http
from odoo.http import content_disposition, request

from .collection_overdue_list import XLSX


class CollectionProvisionController(http.Controller):
    @http.route(
        "/debt_collection/provision/<int(min=1,max=2147483647):provision_id>/xlsx",
        type="http", auth="user", readonly=True,
    )
    def download_xlsx(self, provision_id):
        """The spreadsheet of a provision that the user may read; 404 for any other."""
        provisions = request.env["collection.provision"]
        provision = (
            provisions.has_access("read") and provisions.search([("id", "=", provision_id)])
        )
        if not provision:
            raise request.not_found()
        return request.make_response(
            provision._get_xlsx(),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{provision._get_file_name()}.xlsx")),
            ],
        )
