from odoo import api, fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    promise_id = fields.Many2one(
        "collection.promise",
        domain="[('case_id', '=', case_id)]",
        index="btree_not_null",
        check_company=True,
    )
    _people_write = {"draft": {"promise_id"}}

    @api.constrains("case_id", "promise_id")
    def _check_promise_of_case(self):
        for activity in self:
            activity._check_is_of_case(activity.promise_id)
