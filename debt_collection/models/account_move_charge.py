from odoo import fields, models


class AccountMove(models.Model):
    """Debit notes for late charges are chased like others, but bear no charges themselves."""

    _inherit = "account.move"

    is_collection_charge = fields.Boolean(
        "For Late Charges", readonly=True, copy=False,
        help="No interest and no fee is taken on late charges.",
    )
