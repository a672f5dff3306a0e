from odoo import api, models


class CollectionChannelHand(models.AbstractModel):
    """Paper that somebody brings to the customer."""

    _name = "collection.channel.hand"
    _description = "Letters by Hand"
    _inherit = "collection.channel"

    _is_manual = True
    _is_paper = True

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        if letter or contact.city or contact.street or partner.city or partner.street:
            return ""
        return self.env._("No postal address")
