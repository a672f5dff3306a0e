from odoo import models


class ResPartner(models.Model):
    """The language in which a customer is written to: one that is in use."""

    _inherit = "res.partner"

    def _get_collection_lang(self, company=None):
        """The language to write to the contact in: theirs, the customer's, else the company's.

        Odoo lets a language be deactivated that customers still have: it is passed over.
        """
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        # In which language a customer is written to is no secret; their record may be.
        partner_sudo = self.sudo()
        company_sudo = (company or self.env.company).sudo()
        wanted = (
            partner_sudo.lang, partner_sudo.commercial_partner_id.lang,
            company_sudo.partner_id.lang, self.env.context.get("lang"), "en_US",
        )
        return next((lang for lang in wanted if lang in active), None) or next(iter(active))

    def write(self, vals):
        result = super().write(vals)
        # A company's time zone is kept in the cache, and is that of its address.
        if "tz" in vals and self.sudo().ref_company_ids:
            self.env.registry.clear_cache()
        return result

