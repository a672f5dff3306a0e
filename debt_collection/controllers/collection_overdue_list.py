from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CollectionOverdueListController(http.Controller):
    @http.route(
        "/debt_collection/overdue_list/<int(min=1,max=2147483647):list_id>/xlsx",
        type="http", auth="user", readonly=True,
    )
    def download_xlsx(self, list_id):
        """The spreadsheet of an overdue list that the user may read; 404 for any other."""
        overdue_list = request.env["collection.overdue.list"].search([("id", "=", list_id)])
        if not overdue_list:
            raise request.not_found()
        return request.make_response(
            overdue_list._get_xlsx(),
            headers=[
                ("Content-Type", XLSX),
                (
                    "Content-Disposition",
                    content_disposition(f"{overdue_list._get_file_name()}.xlsx"),
                ),
            ],
        )
