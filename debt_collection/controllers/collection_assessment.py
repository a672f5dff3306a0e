from odoo import http
from odoo.http import content_disposition, request

from .collection_overdue_list import XLSX


class CollectionAssessmentController(http.Controller):
    @http.route(
        "/debt_collection/assessment/<int(min=1,max=2147483647):assessment_id>/xlsx",
        type="http", auth="user", readonly=True,
    )
    def download_xlsx(self, assessment_id):
        """The spreadsheet of an assessment that the user may read; 404 for any other."""
        assessment = request.env["collection.assessment"].search([("id", "=", assessment_id)])
        if not assessment:
            raise request.not_found()
        return request.make_response(
            assessment._get_xlsx(),
            headers=[
                ("Content-Type", XLSX),
                (
                    "Content-Disposition",
                    content_disposition(f"{assessment._get_file_name()}.xlsx"),
                ),
            ],
        )
