from odoo import fields, models


class CollectionTierLadderLine(models.TransientModel):
    _name = "collection.tier.ladder.line"
    _description = "Tier in the Ladder Being Edited"
    _inherit = "collection.mixin"
    _order = "day_from, id"

    ladder_id = fields.Many2one("collection.tier.ladder", required=True, ondelete="cascade")
    tier_id = fields.Many2one("collection.tier")
    name = fields.Char(required=True)
    code = fields.Char(required=True)
    day_from = fields.Integer("From Day", required=True, default=1)
    day_to = fields.Integer("To Day")
    color = fields.Integer()
    loss_rate = fields.Float("Loss Rate (%)", digits=(16, 4))

    def _prepare_tier_vals(self):
        self.ensure_one()
        return {
            "company_id": self.ladder_id.company_id.id,
            "sequence": self.day_from,
            **{
                name: self[name]
                for name in ("name", "code", "day_from", "day_to", "color", "loss_rate")
            },
        }

