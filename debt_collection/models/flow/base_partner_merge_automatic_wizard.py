from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of two customers that are merged, one open case goes on."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        # Whoever merges customers need not have a right on their cases.
        case_sudo = self.env["collection.case"].sudo()
        case_sudo._join_cases(partners, dst_partner)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env.invalidate_all()
        case_sudo._reclassify_customers(partners.exists())
        return result
