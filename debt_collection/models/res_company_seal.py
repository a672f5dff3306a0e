from odoo import fields, models


class ResCompany(models.Model):
    """How far the chain of seals was verified; what was there then has to be there later."""

    _inherit = "res.company"

    collection_seal_number = fields.Integer("Seals Verified", readonly=True)
    collection_seal = fields.Char("Last Seal Verified", readonly=True)
    collection_seal_date = fields.Datetime("Record Verified On", readonly=True)
