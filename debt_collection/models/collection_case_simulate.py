from odoo import models
from odoo.exceptions import UserError

from ..tools.steps import split_due


class CollectionCase(models.Model):
    """What the policies would do for cases, before they do it."""

    _inherit = "collection.case"

    def _simulate_steps(self, as_of):
        """What the policy would do for these cases from a day on, nothing written.

        :return: list of dicts ``case step date deadline user note``, in the order of dates
        """
        rows = []
        for company, cases in self.filtered(lambda case: not case.is_closed).grouped(
            "company_id"
        ).items():
            rows += cases.with_company(company)._simulate_company(company, as_of)
        return sorted(rows, key=lambda row: (row["date"], row["deadline"], row["case"].id))

    def _simulate_company(self, company, as_of):
        policy_model = self.env["collection.policy"]
        ranked = policy_model._get_ranked(company)
        basis = self._get_chase_basis(company)
        recorded = self._get_recorded_steps()
        policies = {
            case: policy_model._choose_for(case, ranked)[0] for case in self if case.id in basis
        }
        steps = self.env["collection.policy.step"].union(
            *(policy.step_ids for policy in policies.values())
        )
        working_days = self._get_working_days_for(steps, basis)
        return [
            row
            for case, policy in policies.items()
            for row in case._simulate_case(
                policy, basis[case.id]["date_due"], recorded.get(case, {}), working_days, as_of
            )
        ]

    def _simulate_case(self, policy, date_due, recorded, working_days, as_of):
        pause = self._get_pause(as_of, policy)
        steps = self._get_worthwhile_steps(policy)
        spans = self._get_spans(steps, date_due, working_days, recorded)
        made, skipped = split_due(spans, recorded, as_of, policy.catch_up_days)
        return [
            {
                "case": self,
                "step": step,
                "date": max(spans[step.id].start, as_of),
                "deadline": max(spans[step.id].deadline, as_of),
                "user": self._get_responsible(
                    step.role, max(spans[step.id].start, as_of)
                ),
                "note": pause or False,
            }
            for step in steps
            if step.id not in recorded and step.id not in skipped
            and (step.id in made or spans[step.id].start > as_of)
        ]

    def action_simulate(self):
        """Show what the policy would do for these cases, before it does."""
        if not self:
            raise UserError(self.env._("Choose the cases to look at."))
        return self.env["collection.step.preview"]._open_for(self)
