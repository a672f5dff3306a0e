from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.collection_guard import is_uninstalling


class Terms(NamedTuple):
    """What a step of a policy asks for, as plain values: read once for all cases of a night."""

    key: int
    tier_code: str
    kind: tuple
    after: int | None
    repeat_days: int
    amount_minimum: float
    amount_maximum: float
    customer_kind: str
    is_contacting: bool

    def fits(self, amount, is_company, compare, is_legal=False):
        """Whether the step is meant for such a customer and such an amount to collect.

        :param compare: compares two amounts in the company's currency
        :param is_legal: the case is in court: nobody contacts the customer but counsel
        """
        return (
            (not self.customer_kind or (self.customer_kind == "company") == is_company)
            and not (is_legal and self.is_contacting)
            and (amount > self.amount_minimum or compare(amount, self.amount_minimum) >= 0)
            and (not self.amount_maximum or compare(amount, self.amount_maximum) < 0)
        )


class CollectionPolicyStep(models.Model):
    _inherit = "collection.policy.step"

    mail_template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "collection.case")],
        ondelete="restrict",
        help="Sent by itself when the step falls due, unless it needs an approval.",
    )
    _people_write = {"*": {"mail_template_id"}}

    @api.ondelete(at_uninstall=True)
    def _unlink_except_used(self):
        if is_uninstalling(self):
            return
        # The step may be in the history of a case that the user does not see.
        used = self.env["collection.case.step"].sudo().search(
            [("step_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "The step “%(step)s” is part of the history of cases. Archive it instead.",
                    step=used.step_id.name,
                )
            )

    def _get_terms(self):
        """The terms of these steps, in their order."""
        return [
            Terms(
                step.id, step.tier_id.code or "", (step.method, step.letter_kind),
                step.after_step_id.id if step.after_step_id.active else None, step.repeat_days,
                step.amount_minimum, step.amount_maximum, step.customer_kind or "",
                step._is_contacting(),
            )
            for step in self
        ]

    def _fits_case(self, case):
        """Whether the step is meant for such a customer and such an amount to collect."""
        self.ensure_one()
        [terms] = self._get_terms()
        return terms.fits(
            case.amount_to_collect, case.partner_id.is_company, case.currency_id.compare_amounts
        )
