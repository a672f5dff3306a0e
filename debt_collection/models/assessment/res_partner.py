from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_no_survey = fields.Boolean(
        "No Collection Surveys", help="The customer does not want to be asked."
    )

