from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_case_id = fields.Many2one(
        "collection.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

