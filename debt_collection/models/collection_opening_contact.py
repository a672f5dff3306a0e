from odoo import api, models


class CollectionActivity(models.Model):
    """Contacts from before: confirmed as they are, and nothing follows from them any more.

    The last of the extensions of a contact, so that what the others do when one is confirmed
    leaves these out.
    """

    _name = "collection.activity"
    _inherit = ["collection.activity", "collection.opening"]

    _opening_required = ("date", "outcome")

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(self._prepare_opening(vals_list))

    def _prepare_opening_vals(self, vals):
        return {"state": "confirmed", **super()._prepare_opening_vals(vals)}

    def _before_confirm(self):
        """Steps, promises and rules are for contacts made here."""
        return super(CollectionActivity, self - self._get_opening())._before_confirm()

    def _after_confirm(self):
        opening = self._get_opening()
        result = super(CollectionActivity, self - opening)._after_confirm()
        opening._seal()
        return result

    def _get_opening(self):
        return self.filtered("is_opening")

    @api.model
    def get_import_templates(self):
        """The file that Odoo's import offers for download."""
        return [{
            "label": self.env._("Import Template for Contacts"),
            "template": "/debt_collection/static/import/collection_activity.csv",
        }]
