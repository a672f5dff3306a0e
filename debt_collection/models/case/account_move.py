from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_case_id = fields.Many2one(
        "collection.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

