from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionPolicyStep(models.Model):
    """For which customers and amounts a step is meant, and what must have been done before."""

    _inherit = "collection.policy.step"

    amount_maximum = fields.Monetary(
        "Below Amount", help="The step is left out for cases with this much or more; 0: any."
    )
    customer_kind = fields.Selection(
        [("company", "Companies"), ("person", "Individuals")],
        "Only For",
        help="The step is left out for the other kind of customer.",
    )
    after_step_id = fields.Many2one(
        "collection.policy.step",
        "Only After",
        domain="[('policy_id', '=', policy_id), ('id', '!=', id)]",
        ondelete="restrict",
        copy=False,
        help="The step waits until this one was done, for example a final notice until the"
        " dunning letter was sent.",
    )

    _amount_maximum_positive = models.Constraint(
        "CHECK(amount_maximum >= 0)", "The amount below which a step is done is zero or more."
    )

    @api.constrains("after_step_id", "policy_id")
    def _check_after_step(self):
        for step in self:
            if step.after_step_id and step.after_step_id.policy_id != step.policy_id:
                raise ValidationError(
                    self.env._(
                        "The step “%(step)s” can only wait for a step of its own policy.",
                        step=step.name,
                    )
                )
        if self._has_cycle("after_step_id"):
            raise ValidationError(self.env._("Steps cannot wait for each other."))

    def _fits_case(self, case):
        """Whether the step is meant for such a customer and such an amount to collect."""
        self.ensure_one()
        compare = case.currency_id.compare_amounts
        amount = case.amount_to_collect
        return (
            compare(amount, self.amount_minimum) >= 0
            and (not self.amount_maximum or compare(amount, self.amount_maximum) < 0)
            and self._fits_kind(case.partner_id)
        )

    def _fits_kind(self, partner):
        """Whether the step is meant for companies or individuals like this customer."""
        self.ensure_one()
        return (
            not self.customer_kind or (self.customer_kind == "company") == partner.is_company
        )
