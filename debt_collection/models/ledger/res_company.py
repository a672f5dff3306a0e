from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_chase_misc = fields.Boolean(
        "Chase Miscellaneous Entries",
        default=True,
        help="Receivables on journals for miscellaneous entries, such as opening balances, are"
        " chased like invoices, unless somebody excludes them. They are in ageing, statement,"
        " overdue list and provision either way.",
    )

    @api.model
    @ormcache()
    def _get_collection_misc_ids(self):
        """Ids of the companies that chase receivables of miscellaneous entries."""
        return tuple(
            self.sudo().with_context(active_test=False).search(
                [("collection_chase_misc", "=", True)]
            ).ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "collection_chase_misc" in vals:
            self.env.registry.clear_cache()
        return result
