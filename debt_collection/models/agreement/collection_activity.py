from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    promise_id = fields.Many2one(
        "collection.promise",
        domain="[('case_id', '=', case_id)]",
        index="btree_not_null",
        check_company=True,
    )
    _people_write = {"draft": {"promise_id"}}

