from odoo import fields, models


class RatingRating(models.Model):
    """The answer to a survey is the customer's: whoever reads it cannot give it (P5.1)."""

    _inherit = "rating.rating"

    access_token = fields.Char(groups="base.group_system")
