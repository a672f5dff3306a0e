from odoo import fields, models


class CollectionCallGuide(models.Model):
    """What to say in a situation, shown beside the contact form (P4.2)."""

    _name = "collection.call.guide"
    _description = "Call Guide"
    _inherit = "collection.mixin"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    situation = fields.Selection(
        [
            ("first", "First Call"),
            ("broken", "Broken Promise"),
            ("dispute", "Dispute"),
            ("hardship", "Hardship"),
            ("general", "General"),
        ],
        required=True,
        default="general",
    )
    body = fields.Html(translate=True)
    _people_share = True
    _people_write = {"*": {"name", "sequence", "active", "situation", "body"}}

