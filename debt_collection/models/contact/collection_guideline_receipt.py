from odoo import fields, models


class CollectionGuidelineReceipt(models.Model):
    """Who acknowledged which guideline, and when; written by the button alone."""

    _name = "collection.guideline.receipt"
    _description = "Acknowledgment of a Guideline"
    _inherit = "collection.mixin"
    _order = "date desc, id desc"

    guideline_id = fields.Many2one(
        "collection.guideline", required=True, readonly=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    date = fields.Date("Acknowledged On", required=True, readonly=True)

    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = f"{receipt.guideline_id.name}, {receipt.user_id.name}"

