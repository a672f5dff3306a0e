from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_survey = fields.Boolean(
        "Ask Customers", help="Ask customers after contacts and payment how they were treated."
    )
