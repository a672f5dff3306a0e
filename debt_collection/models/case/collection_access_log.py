from odoo import fields, models


class CollectionAccessLog(models.Model):
    """Who opened a confidential case, and when; written by the system alone (P1.4)."""

    _name = "collection.access.log"
    _description = "Access to a Confidential Case"
    _inherit = "collection.mixin"
    _order = "date desc, id desc"
    _log_access = False

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, index=True, readonly=True
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True, index=True)

    def _compute_display_name(self):
        for log in self:
            log.display_name = f"{log.user_id.name} {log.date}"

