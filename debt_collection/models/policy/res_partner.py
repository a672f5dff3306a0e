from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_policy_id = fields.Many2one(
        "collection.policy", company_dependent=True, copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    _collection_people = {"collection_policy_id": ("manager",)}

