from odoo import api, models
from odoo.exceptions import ValidationError

from .plausible_values import check_plausible


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    @api.constrains("amount", "date_promised", "date_made")
    def _check_plausible(self):
        check_plausible(self, ("amount", "date_promised", "date_made"))


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    @api.constrains("amount", "date_first", "date_accepted")
    def _check_plausible(self):
        check_plausible(self, ("amount", "date_first", "date_accepted"))


class CollectionPlanLine(models.Model):
    _inherit = "collection.plan.line"

    @api.constrains("amount", "interest", "date_due")
    def _check_plausible(self):
        check_plausible(self, ("amount", "interest", "date_due"))
        for line in self:
            compare = line.currency_id.compare_amounts
            if compare(line.amount, 0) <= 0 or compare(line.interest, 0) < 0:
                raise ValidationError(
                    self.env._(
                        "Each instalment is more than zero, and its interest not below zero."
                    )
                )


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    @api.constrains("date", "amount_promised", "date_promised", "next_date")
    def _check_plausible(self):
        check_plausible(self, ("date", "amount_promised", "date_promised", "next_date"))


class CollectionCase(models.Model):
    _inherit = "collection.case"

    @api.constrains("hold_until", "plan_date")
    def _check_plausible(self):
        check_plausible(self, ("hold_until", "plan_date"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.constrains("collection_hold_until", "collection_cease_date")
    def _check_collection_plausible(self):
        check_plausible(self, ("collection_hold_until", "collection_cease_date"))
