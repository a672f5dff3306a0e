from odoo import api, models


class CollectionAgeingSnapshot(models.Model):
    """A month's roll rates are kept with its ageing, also of months frozen before."""

    _inherit = "collection.ageing.snapshot"

    @api.model
    def _freeze(self, company, month):
        result = super()._freeze(company, month)
        self.env["collection.roll.rate"]._freeze(company, month)
        return result
