import json

from odoo import http
from odoo.http import content_disposition, request


class CollectionSealExport(http.Controller):
    """The chain of seals as a file, for an auditor's own check (docs/verify.py)."""

    @http.route("/debt_collection/seals", type="http", auth="user", readonly=True)
    def export_seals(self):
        """All seals of the active company, without the personal parts."""
        company = request.env.company
        seals = request.env["collection.seal"].search(
            [("company_id", "=", company.id)], order="number"
        )
        return request.make_response(
            json.dumps(seals._get_export(), indent=1),
            headers=[
                ("Content-Type", "application/json"),
                ("Content-Disposition", content_disposition(f"seals {company.id}.json")),
            ],
        )
