from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request


class CollectionCaseFileController(http.Controller):
    @http.route(
        "/debt_collection/case/<int(min=1,max=2147483647):case_id>/file", type="http", auth="user"
    )
    def download_case_file(self, case_id):
        """The evidence bundle of a case; 404 for who may not take it. The download is noted."""
        try:
            case = request.env["collection.case"].search([("id", "=", case_id)])
            if not case:
                raise request.not_found()
            content = case._export_case_file()
        except AccessError:
            raise request.not_found() from None
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(case._get_case_file_name())),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
