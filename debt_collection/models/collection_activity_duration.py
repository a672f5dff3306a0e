from odoo import fields, models


class CollectionActivity(models.Model):
    """How long a contact took, for who keeps a record of it: cash per hour of work (P5.1)."""

    _inherit = "collection.activity"

    duration = fields.Float(
        "Time Spent", digits=(16, 2),
        help="In hours, preparation and travel included. Leave it empty if nobody measured it.",
    )

    _duration_of_a_day = models.Constraint(
        "CHECK(duration >= 0 AND duration <= 24)",
        "The time spent on one contact is between nothing and 24 hours.",
    )
