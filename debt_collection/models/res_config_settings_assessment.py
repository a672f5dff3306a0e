from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_assessment_day = fields.Integer(
        related="company_id.collection_assessment_day", readonly=False
    )
    collection_appeal_days = fields.Integer(
        related="company_id.collection_appeal_days", readonly=False
    )
    collection_recovery_method = fields.Selection(
        related="company_id.collection_recovery_method", readonly=False
    )
    collection_survey = fields.Boolean(related="company_id.collection_survey", readonly=False)
