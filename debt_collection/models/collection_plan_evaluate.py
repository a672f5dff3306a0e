from decimal import Decimal

from odoo import api, fields, models

from ..tools.plan_state import judge_plan
from ..tools.working_days import deadline


class CollectionPlan(models.Model):
    """Plans judged by the money that came, all payments together."""

    _inherit = "collection.plan"

    @api.model
    def _evaluate(self, as_of, companies=None):
        """Judge the performing plans at the end of a day; tell of broken ones.

        :return: the plans that changed
        """
        domain = [("state", "=", "performing")]
        if companies:
            domain.append(("company_id", "in", companies.ids))
        # The job works for everybody; payments may come from users without the role.
        return self.sudo().search(domain)._judge(as_of)

    def _judge_on_payment(self):
        """See at once whether the payment that has just arrived completes a plan."""
        # Whoever posts the payment need not have a right on the plans.
        plans_sudo = self.sudo().filtered(lambda plan: plan.state == "performing")
        for company, plans in plans_sudo.grouped("company_id").items():
            plans._judge(company._get_collection_today(), only_completed=True)

    def _judge(self, as_of, only_completed=False):
        received = self.env["collection.case"]._get_cash_received(
            [(plan.id, plan.case_id.id, plan.date_accepted, as_of) for plan in self],
            {plan.id: plan.item_ids.ids for plan in self},
        )
        changed = self.browse()
        for plan in self:
            amount = plan.currency_id.round(float(received.get(plan.id, 0)))
            if plan.currency_id.compare_amounts(plan.amount_received, amount):
                plan.amount_received = amount
            state = judge_plan(
                plan._get_instalments(),
                Decimal(str(amount)),
                as_of,
                Decimal(str(plan.tolerance)),
                Decimal(str(plan.currency_id.rounding)),
            )
            if state == "performing" or (only_completed and state != "completed"):
                continue
            plan._set_state(state)
            changed |= plan
        changed.filtered(lambda plan: plan.state == "broken")._on_broken(as_of)
        return changed

    def _get_instalments(self):
        """Last day to pay with the grace, and amount, for each instalment in order."""
        self.ensure_one()
        lines = self.line_ids.sorted("date_due")
        working_days = []
        if self.grace_days:
            working_days = self.company_id._get_collection_working_days(
                lines[0].date_due,
                fields.Date.add(lines[-1].date_due, days=3 * self.grace_days + 60),
            )
        return [
            (
                deadline(line.date_due, self.grace_days, "working", working_days),
                Decimal(str(line.amount)),
            )
            for line in lines
        ]

    def _on_broken(self, as_of):
        """The chase resumes at the true days overdue; collector and manager hear of it."""
        for plan in self.filtered(lambda plan: not plan.case_id.is_closed):
            case = plan.case_id
            case._ask_for_call(self.env._("Broken: %(plan)s", plan=plan.display_name), as_of)
            case._tell_manager(
                self.env._("A payment plan was broken: %(plan)s.", plan=plan.display_name)
            )
