from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_deadline_reminder = fields.Integer(
        related="company_id.collection_deadline_reminder", readonly=False
    )
    collection_deadline_dunning = fields.Integer(
        related="company_id.collection_deadline_dunning", readonly=False
    )
    collection_deadline_final = fields.Integer(
        related="company_id.collection_deadline_final", readonly=False
    )
    collection_deadline_lawyer = fields.Integer(
        related="company_id.collection_deadline_lawyer", readonly=False
    )
    collection_deadline_statement = fields.Integer(
        related="company_id.collection_deadline_statement", readonly=False
    )
    collection_bank_id = fields.Many2one(related="company_id.collection_bank_id", readonly=False)
    collection_signatory = fields.Char(
        related="company_id.collection_signatory", readonly=False
    )
    collection_signature = fields.Binary(
        related="company_id.collection_signature", readonly=False
    )
    collection_stamp = fields.Binary(related="company_id.collection_stamp", readonly=False)
