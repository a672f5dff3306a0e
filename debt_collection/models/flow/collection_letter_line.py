from odoo import api, models


class CollectionLetterLine(models.Model):
    """What the items of a letter take from other rooms: the late charges on them."""

    _inherit = "collection.letter.line"

    @api.model
    def _on_charges(self, items, as_of):
        return items._get_collection_charges(as_of)
