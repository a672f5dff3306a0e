from odoo import fields, models


class CollectionStepPreviewLine(models.TransientModel):
    _name = "collection.step.preview.line"
    _description = "Step in a Preview"
    _inherit = "collection.mixin"
    _order = "date, date_deadline, id"

    preview_id = fields.Many2one(
        "collection.step.preview", required=True, ondelete="cascade"
    )
    case_id = fields.Many2one("collection.case", required=True)
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    step_id = fields.Many2one("collection.policy.step", required=True)
    method = fields.Selection(related="step_id.method")
    date = fields.Date("Starts On", required=True)
    date_deadline = fields.Date("Deadline", required=True)
    user_id = fields.Many2one("res.users", "Responsible")
    note = fields.Char("Paused Because")

