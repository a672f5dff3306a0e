from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_no_survey = fields.Boolean(
        "No Collection Surveys", copy=False, help="The customer does not want to be asked.",
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    _collection_people = {"collection_no_survey": ("collector",)}

