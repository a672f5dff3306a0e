from odoo import api, fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_case_id = fields.Many2one(
        "collection.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.readonly
    def action_open_collection_case(self):
        """Open the case that chases the item."""
        self.ensure_one()
        return self.collection_case_id._get_records_action()
