from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionSaleRelease(models.TransientModel):
    """The decision on an order that the collection policy objects to (P2.3)."""

    _name = "collection.sale.release"
    _inherit = ["collection.mixin"]
    _description = "Decide on an Order of a Customer in Arrears"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    objections = fields.Text(compute="_compute_objections")
    level = fields.Char(compute="_compute_objections")
    can_release = fields.Boolean(compute="_compute_objections")
    reason = fields.Char()

    @api.depends("order_id")
    def _compute_objections(self):
        for wizard in self:
            order = wizard.order_id
            found = order._get_collection_objections() if order else []
            wizard.objections = "\n".join(words for _level, words in found)
            wizard.level = order._get_collection_level() if order else "none"
            wizard.can_release = wizard.level != "block" or order._can_override_collection()

    def action_confirm(self):
        """Let the order pass, with the reason on record, and confirm it if the user may."""
        self.ensure_one()
        order = self.order_id
        order.check_access("read")
        if self.level == "block":
            if not order._can_override_collection():
                raise UserError(
                    self.env._("You may not override the policy: ask the collection manager.")
                )
            if not (self.reason or "").strip():
                raise UserError(self.env._("Write down why the order may be confirmed."))
        elif not order.has_access("write"):
            raise UserError(self.env._("You may not confirm this order."))
        order._release(self.level, self.reason)
        if order.has_access("write"):
            order.action_confirm()
        else:
            order._tell_released()
        return {"type": "ir.actions.act_window_close"}

    def action_ask(self):
        """Ask the collection manager to release the order."""
        self.ensure_one()
        order = self.order_id
        order.check_access("write")
        order._ask_release(self.reason)
        return {"type": "ir.actions.act_window_close"}
