from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCaseExport(models.Model):
    """That a case file left the house: who took it, when, and which (P1.4, P6.1, P6.3)."""

    _name = "collection.case.export"
    _description = "Export of a Case File"
    _inherit = "collection.mixin"
    _order = "id desc"

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    user_id = fields.Many2one("res.users", "Exported By", required=True, readonly=True)
    date = fields.Datetime("Exported On", required=True, readonly=True)
    file_count = fields.Integer("Files", readonly=True)
    size = fields.Integer("Bytes", readonly=True)
    checksum = fields.Char("Checksum (SHA-256)", readonly=True, help="Of the whole ZIP.")

    @api.depends("case_id", "date")
    def _compute_display_name(self):
        for export in self:
            export.display_name = f"{export.case_id.display_name} {export.date or ''}".strip()

    def write(self, vals):
        if vals:
            raise UserError(self.env._("What was exported is kept as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was exported is kept as it is."))

