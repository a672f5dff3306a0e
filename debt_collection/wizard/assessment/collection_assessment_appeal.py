from odoo import fields, models


class CollectionAssessmentAppeal(models.TransientModel):
    """What the assessed collector disagrees with."""

    _name = "collection.assessment.appeal"
    _description = "Appeal an Assessment"
    _inherit = "collection.mixin"

    assessment_id = fields.Many2one("collection.assessment", required=True, readonly=True)
    text = fields.Text("What You Disagree With", required=True)

    def action_apply(self):
        self.ensure_one()
        self.assessment_id.action_appeal(self.text)
        return {"type": "ir.actions.act_window_close"}

