from odoo import api, models


class CollectionActivity(models.Model):
    """Contacts from before: confirmed as they are, and nothing follows from them any more."""

    _name = "collection.activity"
    _inherit = ["collection.activity", "collection.opening"]

    _opening_required = ("date", "outcome")

    def _complete_opening_vals(self, vals):
        return {"state": "confirmed", **vals}

    @api.model
    def get_import_templates(self):
        """The file that Odoo's import offers for download."""
        return [{
            "label": self.env._("Import Template for Contacts"),
            "template": "/debt_collection/static/import/collection_activity.csv",
        }]

