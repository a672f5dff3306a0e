from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_superior_ids = fields.Many2many(
        "res.partner", "collection_company_superior_rel", string="Progress Reports Also To",
        domain="[('email', '!=', False)]",
        help="Superiors who get the progress reports by e-mail; they need be no users.",
    )
