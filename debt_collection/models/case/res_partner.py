from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_case_ids = fields.One2many(
        "collection.case", "partner_id", "Collection Cases",
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    collector_id = fields.Many2one(
        "res.users", company_dependent=True, domain=[("share", "=", False)], copy=False,
        groups="debt_collection.group_sales",
    )
    _collection_people = {"collector_id": ("manager",)}

