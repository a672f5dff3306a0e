from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        # A company's time zone is kept in the cache, and is that of its address.
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        return result

