from odoo import api, fields, models


class CollectionCaseFileReport(models.AbstractModel):
    """Cover sheet, chronology and index of a case file; the export checks who takes it."""

    _name = "report.debt_collection.report_case_file"
    _description = "Index of a Case File"

    @api.model
    def _get_report_values(self, docids, data=None):
        # The export gives its rows as superuser; a client may ask for the report with any.
        data = (data or {}) if self.env.su else {}
        cases = self.env["collection.case"].browse(docids)
        cases._check_can_export()
        return {
            "doc_ids": docids,
            "doc_model": "collection.case",
            "docs": cases,
            "rows": data.get("rows") or [],
            "now": data.get("now") or fields.Datetime.now(),
        }

