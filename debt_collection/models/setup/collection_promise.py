from odoo import api, fields, models


class CollectionPromise(models.Model):
    """Promises from before: an open one is judged here, those judged stay as they are."""

    _name = "collection.promise"
    _inherit = ["collection.promise", "collection.opening"]

    _opening_required = ("date_made", "date_promised")
    # Odoo's import fills only fields that a form could.
    kept_amount = fields.Monetary(readonly=False)

    def _complete_opening_vals(self, vals):
        if vals.get("state") == "kept":
            vals["kept_amount"] = vals.get("kept_amount") or vals.get("amount")
        return vals

    @api.model
    def get_import_templates(self):
        """The file that Odoo's import offers for download."""
        return [{
            "label": self.env._("Import Template for Promises"),
            "template": "/debt_collection/static/import/collection_promise.csv",
        }]

