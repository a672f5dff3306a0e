from odoo import Command, api, fields, models

from ...models.base.collection_guard import OURS


class CollectionTierLadder(models.TransientModel):
    """Edit a company's ladder as a whole: single tiers cannot move without a gap (P3.1)."""

    _name = "collection.tier.ladder"
    _description = "Edit the Tiers of a Company"
    _inherit = "collection.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "collection.tier.ladder.line",
        "ladder_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("company_id")
    def _compute_line_ids(self):
        for ladder in self:
            ladder.line_ids = [Command.clear()] + [
                Command.create({
                    "tier_id": tier.id,
                    "name": tier.name,
                    "code": tier.code,
                    "day_from": tier.day_from,
                    "day_to": tier.day_to,
                    "color": tier.color,
                    "loss_rate": tier.loss_rate,
                })
                for tier in self.env["collection.tier"]._get_ladder(ladder.company_id)
            ]

    def action_apply(self):
        """Write the ladder as the company's own; a ``ValidationError`` changes nothing."""
        self.ensure_one()
        # The whole is checked at the end instead of tier by tier.
        tiers = self.env["collection.tier"].with_context(collection_ladder_unchecked=OURS)
        kept = tiers.browse()
        for line in self.line_ids.sorted("day_from"):
            vals = line._prepare_tier_vals()
            if line.tier_id.company_id == self.company_id:
                line.tier_id.with_env(tiers.env).write(vals)
                kept |= line.tier_id
            else:
                kept |= tiers.create(vals)
        tiers.search([("company_id", "=", self.company_id.id), ("id", "not in", kept.ids)]).unlink()
        tiers._check_ladder_of(self.company_id)
        return {"type": "ir.actions.act_window_close"}

