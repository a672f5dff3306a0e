from odoo import api, models
from odoo.tools import ormcache

from .collection_guard import check_kept, get_default_without


class CollectionKept(models.AbstractModel):
    """What steps of ours keep on a model of Odoo's is no person's to type, nor to default.

    A model of Odoo's that carries such fields inherits this *before* itself, so that what people
    sent is looked at before Odoo's own overrides put values of theirs beside it::

        _name = "account.move"
        _inherit = ["collection.kept", "account.move"]
    """

    _name = "collection.kept"
    _description = "Fields Kept by Collections"

    @api.model
    @ormcache()
    def _get_collection_kept(self):
        """Names of our fields that only our steps write."""
        return frozenset(
            name for name, field in self._fields.items()
            if (field.store or field.compute) and field.readonly and not field.related and any(
                (module or "").startswith("debt_collection") for module in field._modules
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        kept = self._get_collection_kept()
        for vals in vals_list:
            check_kept(self, kept, vals)
        return super().create(vals_list)

    def write(self, vals):
        check_kept(self, self._get_collection_kept(), vals)
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        names, self = get_default_without(self, self._get_collection_kept(), fields)
        return super().default_get(names)
