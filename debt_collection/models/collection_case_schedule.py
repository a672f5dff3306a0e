from odoo import fields, models

from ..tools.steps import Span, split_due


class CollectionCase(models.Model):
    """Which steps of its policy a case gets, when, and for whom (P3.4–P3.6)."""

    _inherit = "collection.case"

    def _make_steps(self, basis, as_of):
        """Schedule what is due for these cases, once in each cycle; return how many.

        :param basis: by case id, the due date and tier code that the case is chased for
        """
        working_days = self._get_working_days_for(self.policy_id.step_ids, basis)
        recorded = self._get_recorded_steps()
        vals_list = []
        for case in self:
            steps = case._get_applicable_steps(basis[case.id])
            date_due = basis[case.id]["date_due"]
            spans = {step.id: step._get_span(date_due, working_days) for step in steps}
            made, skipped = split_due(
                spans, recorded.get(case, ()), as_of, case.policy_id.catch_up_days
            )
            vals_list += [
                case._prepare_case_step(step, spans[step.id], date_due, as_of, step.id in made)
                for step in steps
                if step.id in made or step.id in skipped
            ]
            case._note_next_step(spans, {*recorded.get(case, ()), *made, *skipped})
        case_steps = self.env["collection.case.step"].create(vals_list)
        planned = case_steps.filtered(lambda step: step.state == "planned")
        planned._carry_out(as_of)
        return len(planned)

    def _get_recorded_steps(self):
        """By case, the ids of the steps that its cycle has had."""
        recorded = {}
        for case, cycle, step in self.env["collection.case.step"]._read_group(
            [("case_id", "in", self.ids)], ["case_id", "cycle", "step_id"]
        ):
            if cycle == case.cycle:
                recorded.setdefault(case, set()).add(step.id)
        return recorded

    def _get_applicable_steps(self, basis):
        """The steps of the case's policy whose conditions it meets."""
        return self._get_worthwhile_steps(self.policy_id).filtered(
            lambda step: not step.tier_id or step.tier_id.code == basis["tier_code"]
        )

    def _get_worthwhile_steps(self, policy):
        """The steps of a policy for which there is enough to collect, in whatever tier."""
        self.ensure_one()
        return policy.step_ids.filtered(
            lambda step: self.currency_id.compare_amounts(
                self.amount_to_collect, step.amount_minimum
            ) >= 0
        )

    def _get_working_days_for(self, steps, basis):
        """The working days that the deadlines of steps can fall on."""
        steps = steps.filtered(lambda step: step.offset_unit == "working")
        if not steps or not basis:
            return []
        dates = [row["date_due"] for row in basis.values()]
        # Weekends and the longest holidays fit into three times the days, and two months.
        days = 3 * max(steps.mapped("offset")) + 60
        return self.env.company._get_collection_working_days(
            min(dates), fields.Date.add(max(dates), days=days)
        )

    def _prepare_case_step(self, step, span, date_due, as_of, is_made):
        self.ensure_one()
        return {
            "case_id": self.id,
            "step_id": step.id,
            "cycle": self.cycle,
            "user_id": self._get_responsible(step.role).id,
            "date_due": date_due,
            "date_planned": as_of,
            # A step caught up late can still be done in time on the day it appears.
            "date_deadline": max(span.deadline, as_of),
            "state": "planned" if is_made else "skipped",
        }

    def _get_responsible(self, role):
        """The user who has a role for the case; the next one who answers for it if none."""
        self.ensure_one()
        policy = self.policy_id or self.env["collection.policy"]._get_default(self.company_id)
        collector, manager = self.user_id, self.manager_id or policy.manager_id
        wanted = {
            "collector": collector,
            "manager": manager,
            "lead": self.lead_id or manager,
            "sales": self.partner_id.user_id,
            "finance": policy.finance_user_id,
        }[role]
        present = wanted._get_collection_substitute() if wanted else wanted
        return present or collector or manager

    def _note_next_step(self, spans, recorded):
        """Keep the first step still to come on the case."""
        self.ensure_one()
        coming = [(span.start, step) for step, span in spans.items() if step not in recorded]
        date, step_id = min(coming, default=(False, False))
        if self.next_step_id.id != step_id or self.next_step_date != date:
            self.write({"next_step_id": step_id, "next_step_date": date})

    def _advance_to_next_stage(self, as_of):
        """Make the first step of the next stage now: two promises in a row were broken (P3.5)."""
        for case in self:
            tiers = self.env["collection.tier"]._get_ladder(case.company_id)
            position = tiers.ids.index(case.tier_id.id) if case.tier_id in tiers else -1
            later = tiers[position + 1:].mapped("code")
            recorded = case._get_recorded_steps().get(case, ())
            steps = case.policy_id.step_ids.filtered(
                lambda step, later=later, recorded=recorded: step.tier_id.code in later
                and step.id not in recorded
            ).sorted("offset")
            if steps:
                case_steps = self.env["collection.case.step"].create(
                    case._prepare_case_step(
                        steps[0], Span(as_of, as_of), case.date_oldest_due or as_of, as_of, True
                    )
                )
                case_steps._carry_out(as_of)
