from odoo import Command, api, fields, models


class CollectionStepPreview(models.TransientModel):
    """What the policies would do for some cases, day by day, before it is done."""

    _name = "collection.step.preview"
    _inherit = ["collection.mixin"]
    _description = "Preview of Steps"

    date = fields.Date("Seen From", required=True, default=fields.Date.context_today)
    case_ids = fields.Many2many("collection.case", string="Cases")
    line_ids = fields.One2many(
        "collection.step.preview.line", "preview_id", compute="_compute_line_ids", store=True
    )

    def _open_for(self, cases):
        """An action that shows the preview of these cases."""
        preview = self.create({"case_ids": [Command.set(cases.ids)]})
        return preview._get_records_action(name=self.env._("What Would Happen"), target="new")

    @api.depends("case_ids", "date")
    def _compute_line_ids(self):
        for preview in self:
            preview.line_ids = [Command.clear()] + [
                Command.create({
                    "case_id": row["case"].id,
                    "step_id": row["step"].id,
                    "date": row["date"],
                    "date_deadline": row["deadline"],
                    "user_id": row["user"].id,
                    "note": row["note"],
                })
                for row in preview.case_ids._simulate_steps(preview.date)
            ]


class CollectionStepPreviewLine(models.TransientModel):
    _name = "collection.step.preview.line"
    _inherit = ["collection.mixin"]
    _description = "Step in a Preview"
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
