from odoo import Command, api, fields, models


class CollectionStepPreview(models.TransientModel):
    """What the policies would do for some cases, day by day, before it is done."""

    _name = "collection.step.preview"
    _description = "Preview of Steps"
    _inherit = "collection.mixin"

    date = fields.Date("Seen From", required=True, default=fields.Date.context_today)
    policy_id = fields.Many2one(
        "collection.policy", "As by Policy",
        help="Another policy than the one that each case follows, to compare; empty: their own.",
    )
    case_ids = fields.Many2many("collection.case", string="Cases")
    line_ids = fields.One2many(
        "collection.step.preview.line", "preview_id", compute="_compute_line_ids", store=True
    )

    def _open_for(self, cases, policy=None):
        """An action that shows the preview of these cases, by their own policies or another."""
        preview = self.create({
            "case_ids": [Command.set(cases.ids)], "policy_id": policy and policy.id,
        })
        return preview._get_records_action(name=self.env._("Simulate"), target="new")

    @api.depends("case_ids", "date", "policy_id")
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
                for row in preview.case_ids._simulate_steps(
                    preview.date, policy=preview.policy_id or None
                )
            ]

