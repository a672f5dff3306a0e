from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.plausible_values import check_plausible


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_hold = fields.Boolean(
        company_dependent=True, copy=False, groups="debt_collection.group_sales"
    )
    collection_hold_until = fields.Date(
        "Hold Until", company_dependent=True, copy=False, help="Last day of the hold, inclusive.",
        groups="debt_collection.group_sales",
    )
    collection_hold_reason = fields.Char(
        "Reason of the Hold", company_dependent=True, copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    _collection_people = dict.fromkeys(
        ("collection_hold", "collection_hold_until", "collection_hold_reason"),
        ("collector", "finance"),
    )

    @api.constrains("collection_hold", "collection_hold_until", "collection_hold_reason")
    def _check_collection_hold(self):
        for partner in self:
            if partner.collection_hold and not (
                partner.collection_hold_until and (partner.collection_hold_reason or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "A collection hold on %(customer)s needs a reason and a last day.",
                        customer=partner.display_name,
                    )
                )

    def _is_on_collection_hold(self, as_of):
        """Whether nobody chases the customer on a day; a hold ends by itself."""
        self.ensure_one()
        return bool(
            self.collection_hold
            and (not self.collection_hold_until or self.collection_hold_until >= as_of)
        )

    @api.constrains("collection_hold_until", "collection_cease_date")
    def _check_collection_plausible(self):
        check_plausible(self, ("collection_hold_until", "collection_cease_date"))

