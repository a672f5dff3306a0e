from odoo import models


class IrActionsReport(models.Model):
    """Papers on our records are for who may read these: others are told so, and see nothing."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        if docids and (report.model or "").startswith("collection."):
            self.env[report.model].browse(docids).check_access("read")
        return super()._get_rendering_context(report, docids, data)
