from odoo import fields, models


class CollectionReason(models.Model):
    """Why a customer has not paid, as told to the collector (P3.4); kept as data."""

    _name = "collection.reason"
    _description = "Reason for Late Payment"
    _inherit = "collection.mixin"
    _order = "sequence, id"

    name = fields.Char("Reason", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_hardship = fields.Boolean(
        "Hardship", help="The customer would pay but cannot: the call guide for hardship is shown."
    )
    _people_share = True
    _people_write = {"*": {"name", "sequence", "active", "is_hardship"}}

