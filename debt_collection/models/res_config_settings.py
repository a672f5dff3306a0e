from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_policy_id = fields.Many2one(
        related="company_id.collection_policy_id", readonly=False
    )
    collection_user_id = fields.Many2one(related="collection_policy_id.user_id", readonly=False)
    collection_manager_id = fields.Many2one(
        related="collection_policy_id.manager_id", readonly=False
    )
    collection_day = fields.Integer(
        related="collection_policy_id.collection_day", readonly=False
    )
    collection_jiao_zheng = fields.Boolean(
        related="company_id.collection_jiao_zheng", readonly=False
    )
