from odoo import fields, models

CAUSES = [
    ("refused", "E-invoice Refused"),
    ("sent", "Invoice Sent Late"),
    ("reference", "Purchase Number Missing"),
    ("price", "Price Disputed"),
    ("delivery", "Delivery or Quality Disputed"),
    ("contact", "Wrong Contact"),
]
"""What of our own doing makes customers pay late."""


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
    cause = fields.Selection(
        CAUSES, "Our Doing", help="Lateness told with this reason counts as our doing."
    )
    _people_share = True
    _people_write = {"*": {"name", "sequence", "active", "is_hardship", "cause"}}

