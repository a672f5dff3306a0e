from odoo import fields, models


class CollectionTier(models.Model):
    """How the hours of collectors are spread over the tiers."""

    _inherit = "collection.tier"

    hours_share = fields.Integer(
        "Share of Hours (%)",
        help="The worklist gives cases of this tier so much of a collector's time. Without any"
        " share it simply follows the priority.",
    )
    _hours_share_range = models.Constraint(
        "CHECK(hours_share BETWEEN 0 AND 100)", "The share of hours lies between 0 and 100 percent."
    )
    _people_write = {"*": {"hours_share"}}
