from odoo import fields, models


class CollectionPreparationWaive(models.TransientModel):
    """The manager lets a chase begin without a complete plan, and says why (P3.3)."""

    _name = "collection.preparation.waive"
    _description = "Waive the Preparation"
    _inherit = "collection.mixin"

    case_ids = fields.Many2many("collection.case", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.case_ids._waive_preparation(self.reason)
        return {"type": "ir.actions.act_window_close"}

