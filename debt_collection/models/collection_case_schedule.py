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
        vals_list, coming = [], {}
        for case in self:
            had = recorded.get(case, {})
            date_due = basis[case.id]["date_due"]
            steps = case._get_applicable_steps(basis[case.id], had)
            spans = case._get_spans(steps, date_due, working_days, had)
            made, skipped = split_due(spans, had, as_of, case.policy_id.catch_up_days)
            vals_list += [
                case._prepare_case_step(step, spans[step.id], date_due, as_of, step.id in made)
                for step in steps
                if step.id in made or step.id in skipped
            ]
            coming[case] = min(
                (
                    (span.start, step_id)
                    for step_id, span in spans.items()
                    if step_id not in {*had, *made, *skipped}
                ),
                default=(False, False),
            )
        self._note_next_steps(coming)
        self._fit_contact_rules(vals_list)
        case_steps = self.env["collection.case.step"].create(vals_list)
        planned = case_steps.filtered(lambda step: step.state == "planned")
        planned._carry_out(as_of)
        return len(planned)

    def _get_recorded_steps(self):
        """By case, the ids of the steps that its cycle has had, with the day each was done."""
        recorded = {}
        for case, cycle, step, date_done in self.env["collection.case.step"]._read_group(
            [("case_id", "in", self.ids)], ["case_id", "cycle", "step_id"], ["date_done:max"]
        ):
            if cycle == case.cycle:
                recorded.setdefault(case, {})[step.id] = date_done
        return recorded

    def _get_applicable_steps(self, basis, recorded):
        """The steps of the case's policy whose conditions it meets.

        :param recorded: the days on which steps of this cycle were done, by id
        """
        return self._get_worthwhile_steps(self.policy_id).filtered(
            lambda step: (not step.tier_id or step.tier_id.code == basis["tier_code"])
            and (not step.after_step_id or recorded.get(step.after_step_id.id))
        )

    def _get_worthwhile_steps(self, policy):
        """The steps of a policy that are meant for such a customer and amount, in any tier."""
        self.ensure_one()
        return policy.step_ids.filtered(lambda step: step._fits_case(self))

    def _get_spans(self, steps, date_due, working_days, recorded):
        """When each of the steps is to be done, by id; never before the step it waits for."""
        spans = {}
        for step in steps:
            span = step._get_span(date_due, working_days)
            earliest = recorded.get(step.after_step_id.id) or span.start
            spans[step.id] = Span(max(span.start, earliest), max(span.deadline, earliest))
        return spans

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
            "user_id": self._get_responsible(step.role, as_of).id,
            "date_due": date_due,
            "date_planned": as_of,
            # A step caught up late can still be done in time on the day it appears.
            "date_deadline": max(span.deadline, as_of),
            "state": "planned" if is_made else "skipped",
        }

    def _get_responsible(self, role, date=None):
        """The user who has a role for the case; the next one who answers for it if none.

        :param date: the day of the work: who is away then is stood in for; by default today
        """
        self.ensure_one()
        policy = self._get_policy()
        collector, manager = self.user_id, self.manager_id or policy.manager_id
        wanted = {
            "collector": collector,
            "manager": manager,
            "lead": self.lead_id or manager,
            "sales": self.partner_id.user_id,
            "finance": policy.finance_user_id,
        }[role]
        present = wanted._get_collection_substitute(date) if wanted else wanted
        return present or collector.filtered("active") or manager

    def _note_next_steps(self, coming):
        """Keep on each case the first step still to come.

        :param coming: by case, its date and the step's id
        """
        for (date, step_id), cases in self.grouped(coming.get).items():
            cases.filtered(
                lambda case, date=date, step_id=step_id: case.next_step_id.id != step_id
                or case.next_step_date != date
            ).write({"next_step_id": step_id, "next_step_date": date})

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
                vals = case._prepare_case_step(
                    steps[0], Span(as_of, as_of), case.date_oldest_due or as_of, as_of, True
                )
                case._fit_contact_rules([vals])
                case_steps = self.env["collection.case.step"].create(vals)
                case_steps.filtered(lambda step: step.state == "planned")._carry_out(as_of)

    def _drop_schedule(self):
        """Nothing stays scheduled on a closed case."""
        paid = self.filtered(lambda case: case.close_reason == "paid")
        paid.case_step_ids._cancel("paid")
        (self - paid).case_step_ids._cancel("other")
        self.write({"next_step_id": False, "next_step_date": False, "pause_reason": False})
