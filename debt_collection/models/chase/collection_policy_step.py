from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.collection_guard import is_uninstalling


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

