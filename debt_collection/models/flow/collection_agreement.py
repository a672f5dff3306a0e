from odoo import api, models


class CollectionAgreement(models.AbstractModel):
    """What a customer owes is counted anew when something agreed or contested is deleted."""

    _inherit = "collection.agreement"

    @api.model
    def _on_removed(self, cases):
        cases._touch_positions()
