from odoo import models
from odoo.tools import SQL

from ..base.collection_guard import OURS


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Of two customers that are merged, one open case goes on.

    What is sealed names the customer or contact that it was about, for good: those stay as
    archived contacts of the customer that they are merged into.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        customers = partners.commercial_partner_id
        # Whoever merges customers need not have a right on their cases.
        case_sudo = self.env["collection.case"].sudo()
        case_sudo._join_cases(partners, dst_partner)
        self = self.with_context(collection_merge=OURS)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env.invalidate_all()
        left = (customers | partners).exists()
        case_sudo._reclassify_customers(left.commercial_partner_id)
        return result

    def _get_fk_on(self, table):
        sealed = self.env["collection.seal"]._get_sealed_columns("res.partner")
        return [
            relation for relation in super()._get_fk_on(table)
            if table != "res_partner" or tuple(relation) not in sealed
        ]

    def _update_foreign_keys(self, src_partners, dst_partner):
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # What is not sealed yet follows; a link of several is left where it is.
        columns = self.env["collection.seal"]._get_sealed_columns("res.partner")
        for (table, column), (owners, owner) in columns.items():
            if owner:
                self.env.cr.execute(SQL(
                    "UPDATE %(table)s SET %(column)s = %(target)s WHERE %(column)s = ANY(%(ids)s)"
                    " AND %(owner)s IN (SELECT id FROM %(owners)s WHERE seal IS NULL)",
                    table=SQL.identifier(table), column=SQL.identifier(column),
                    owner=SQL.identifier(owner), owners=SQL.identifier(owners),
                    target=dst_partner.id, ids=src_partners.ids,
                ))
        kept = src_partners._get_named_in_seals()
        if kept:
            # Now part of the other, before Odoo deletes what it has merged.
            kept.sudo().with_context(active_test=False).write({
                "parent_id": dst_partner.id, "is_company": False, "type": "other",
                "active": False,
            })
        return result
