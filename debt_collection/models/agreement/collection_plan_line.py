from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.collection_guard import is_uninstalling
from ..base.plausible_values import check_plausible


class CollectionPlanLine(models.Model):
    """An instalment: what is to be paid by a day, that day included."""

    _name = "collection.plan.line"
    _description = "Instalment of a Payment Plan"
    _inherit = "collection.mixin"
    _order = "plan_id, date_due, id"

    plan_id = fields.Many2one(
        "collection.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date_due = fields.Date("Pay By", required=True)
    amount = fields.Monetary("Principal", required=True)
    interest = fields.Monetary()
    amount_total = fields.Monetary("To Pay", compute="_compute_amount_total")
    amount_left = fields.Monetary(
        "Still to Come", compute="_compute_state", help="What is not paid of it yet."
    )
    state = fields.Selection(
        [("open", "Open"), ("paid", "Paid"), ("late", "Late")], compute="_compute_state",
        string="Status",
    )
    _people_state = "plan_id.state"
    _people_terms_of = "plan_id"
    _people_create = {"plan_id"}
    _people_write = {"draft": {"date_due", "amount", "interest"}}

    @api.depends("amount", "interest")
    def _compute_amount_total(self):
        for line in self:
            line.amount_total = line.amount + line.interest

    def _get_amount_asked(self):
        """What the customer has to pay: with interest once that is charged."""
        self.ensure_one()
        is_charged = self.plan_id.interest_state == "posted"
        return self.amount + (self.interest if is_charged else 0)

    @api.depends("plan_id.amount_received", "plan_id.line_ids.amount", "plan_id.interest_state",
                 "plan_id.line_ids.interest", "date_due")
    def _compute_state(self):
        """Payments cover the instalments in the order of their days."""
        for plan, lines in self.grouped("plan_id").items():
            received = plan.amount_received
            today = plan.company_id._get_collection_today() if plan.company_id else False
            values = {}
            for line in plan.line_ids.sorted("date_due"):
                asked = line._get_amount_asked()
                left = max(asked - max(received, 0), 0)
                received -= asked
                paid = plan.currency_id.compare_amounts(left, 0) <= 0
                late = today and line.date_due < today
                values[line] = ("paid" if paid else "late" if late else "open", left)
            for line in lines:
                line.state, line.amount_left = values.get(line, ("open", line.amount))

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.plan_id._check_draft()
        return lines

    @api.ondelete(at_uninstall=True)
    def _unlink_except_agreed(self):
        if is_uninstalling(self):
            return
        self.plan_id._check_draft()

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

