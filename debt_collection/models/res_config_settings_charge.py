from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How late charges are posted."""

    _inherit = "res.config.settings"

    collection_charge_journal_id = fields.Many2one(
        related="company_id.collection_charge_journal_id", readonly=False
    )
    collection_charge_account_id = fields.Many2one(
        related="company_id.collection_charge_account_id", readonly=False
    )
    collection_charge_product_id = fields.Many2one(
        related="company_id.collection_charge_product_id", readonly=False
    )
    collection_charge_tax_ids = fields.Many2many(
        related="company_id.collection_charge_tax_ids", readonly=False
    )
    collection_charge_payment_term_id = fields.Many2one(
        related="company_id.collection_charge_payment_term_id", readonly=False
    )
    collection_charge_terms_id = fields.Many2one(
        related="collection_policy_id.charge_terms_id", readonly=False
    )
