from odoo import fields, models


class CollectionCaseAssign(models.TransientModel):
    """Give cases to a collector and, when named, to another manager (P2.1)."""

    _name = "collection.case.assign"
    _description = "Assign Collection Cases"
    _inherit = "collection.mixin"

    case_ids = fields.Many2many("collection.case", required=True)
    user_id = fields.Many2one(
        "res.users", "Collector", required=True, domain="[('share', '=', False)]"
    )
    manager_id = fields.Many2one(
        "res.users", domain="[('share', '=', False)]",
        help="Empty: the cases keep their manager.",
    )

    def action_apply(self):
        self.ensure_one()
        vals = {"user_id": self.user_id.id}
        if self.manager_id:
            vals["manager_id"] = self.manager_id.id
        self.case_ids.write(vals)
        return {"type": "ir.actions.act_window_close"}

