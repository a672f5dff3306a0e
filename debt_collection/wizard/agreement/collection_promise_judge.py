from odoo import fields, models


class CollectionPromiseJudge(models.TransientModel):
    """Why a manager judges promises by hand, and how."""

    _name = "collection.promise.judge"
    _description = "Judge Promises by Hand"
    _inherit = "collection.mixin"

    promise_ids = fields.Many2many("collection.promise", string="Promises", required=True)
    verdict = fields.Selection(
        [("kept", "Kept"), ("broken", "Not Kept")], required=True, default="kept"
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        if self.verdict == "kept":
            self.promise_ids.action_keep(self.reason)
        else:
            self.promise_ids.action_break(self.reason)
        return {"type": "ir.actions.act_window_close"}
