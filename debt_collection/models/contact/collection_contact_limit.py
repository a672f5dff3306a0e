from odoo import fields, models

from ...tools.contact_window import Limit
from .collection_contact_rule import CHANNELS, COVERED


class CollectionContactLimit(models.Model):
    """How often at most, within some days in a row."""

    _name = "collection.contact.limit"
    _description = "Limit of a Contact Rule"
    _inherit = "collection.mixin"
    _order = "rule_id, id"

    rule_id = fields.Many2one(
        "collection.contact.rule", required=True, ondelete="cascade", index=True
    )
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    count = fields.Integer("At Most", required=True, default=1)
    days = fields.Integer("Within Days", required=True, default=1)
    reached_only = fields.Boolean(
        "Customer Reached", help="Only contacts in which somebody was reached are counted."
    )
    _values = models.Constraint(
        "CHECK(count BETWEEN 1 AND 1000 AND days BETWEEN 1 AND 60)",
        "A limit allows 1 to 1000 contacts within 1 to 60 days.",
    )
    _people_create = {"rule_id"}
    _people_write = {"*": {"channel", "count", "days", "reached_only"}}

    def _as_limit(self):
        self.ensure_one()
        channels = COVERED.get(self.channel, frozenset({self.channel}))
        return Limit(channels, self.count, self.days, self.reached_only)

