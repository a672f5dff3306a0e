from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.plausible import is_plausible_amount, is_plausible_date


def check_plausible(records, names):
    """Raise a ``ValidationError`` naming the first date or amount that cannot be meant."""
    for record in records:
        for name in names:
            field, value = record._fields[name], record[name]
            is_date = field.type in ("date", "datetime")
            if is_plausible_date(value) if is_date else is_plausible_amount(value):
                continue
            raise ValidationError(
                record.env._(
                    "“%(field)s” cannot be %(value)s. Correct it.",
                    field=field._description_string(record.env), value=value,
                )
            )


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
