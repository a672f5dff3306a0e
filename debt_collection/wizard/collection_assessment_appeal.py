from odoo import fields, models


class CollectionAssessmentAppeal(models.TransientModel):
    """What the assessed collector disagrees with."""

    _name = "collection.assessment.appeal"
    _inherit = ["collection.mixin"]
    _description = "Appeal an Assessment"

    assessment_id = fields.Many2one("collection.assessment", required=True, readonly=True)
    text = fields.Text("What You Disagree With", required=True)

    def action_apply(self):
        self.ensure_one()
        self.assessment_id.action_appeal(self.text)
        return {"type": "ir.actions.act_window_close"}
