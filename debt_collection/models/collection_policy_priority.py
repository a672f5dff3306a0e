from odoo import fields, models

from ..tools.priority import Weights


class CollectionPolicy(models.Model):
    """How many points of priority a case gets for what."""

    _inherit = "collection.policy"

    priority_full_amount = fields.Monetary(
        "Full Points From", default=10000.0, help="Amount to collect that gets all its points."
    )
    priority_amount = fields.Integer("Points: Amount", default=30)
    priority_tier = fields.Integer("Points: Worst Tier", default=25)
    priority_broken = fields.Integer("Points: Broken Promises", default=15)
    priority_silence = fields.Integer("Points: Time Since Last Contact", default=15)
    priority_limitation = fields.Integer("Points: Limitation Near", default=10)
    priority_promise_due = fields.Integer("Points: Promise Due", default=20)

    def _get_priority_weights(self):
        self.ensure_one()
        return Weights(
            self.priority_amount,
            self.priority_tier,
            self.priority_broken,
            self.priority_silence,
            self.priority_limitation,
            self.priority_promise_due,
            self.priority_full_amount,
        )
