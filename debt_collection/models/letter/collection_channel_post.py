from odoo import api, models


class CollectionChannelPost(models.AbstractModel):
    """Paper that people print and post."""

    _name = "collection.channel.post"
    _description = "Letters by Post"
    _inherit = "collection.channel"

    _is_manual = True
    _is_paper = True

    @api.model
    def _get_missing(self, partner, contact, letter=None):
        if letter:
            has_address = (letter.address or "").strip().count("\n")
        else:
            has_address = contact.city or contact.street or partner.city or partner.street
        return "" if has_address else self.env._("No postal address")

    @api.model
    def _describe_missing(self, contact, missing):
        return self.env._(
            "%(contact)s has no postal address. Enter one, choose another contact, or send"
            " the letter by e-mail.",
            contact=contact.display_name,
        )
