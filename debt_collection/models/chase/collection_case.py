from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from ...tools.priority import score
from ...tools.steps import Span, split_due, stage_of_tier
from ..base.plausible_values import check_plausible

BATCH = 500
WORKED_STAGES = ("new", "first", "midterm", "severe")
# How and when a case of before ended is in the file; how one of ours ends, the steps write.
ENDING = {"date_closed", "close_reason"}


class CollectionCase(models.Model):
    """The daily escalation: stage, policy and steps of every open case (P3.4–P3.6)."""

    _inherit = "collection.case"

    case_step_ids = fields.One2many("collection.case.step", "case_id", "Scheduled Steps")
    next_step_id = fields.Many2one("collection.policy.step", readonly=True, copy=False)
    next_step_date = fields.Date("Next Step On", readonly=True, copy=False)
    date_escalated = fields.Date("Escalated On", readonly=True, copy=False)

    pause_reason = fields.Char("Paused Because", readonly=True, copy=False)
    pause_text = fields.Char(compute="_compute_pause_text", compute_sudo=True)

    priority = fields.Integer(readonly=True, default=0, copy=False, index=True)
    limitation_date = fields.Date(
        readonly=True, copy=False, help="Last day on which all debts of the case can be claimed."
    )
    priority_parts = fields.Json(readonly=True, copy=False)
    priority_reason = fields.Char("Why This Priority", compute="_compute_priority_reason")

    @api.model
    def _get_open_case_ids(self, company, domain=()):
        """Ids of a company's open cases, whoever works on them."""
        return self.sudo()._search(
            [("company_id", "=", company.id), ("stage", "!=", "closed"), *domain], order="id"
        ).get_result_ids()

    @api.model
    def _escalate_slice(self, company, as_of, case_ids):
        """Escalate some open cases of a company, and let go of the memory it took.

        Cases that another worker or a person is writing at this moment are left for the next
        run: whoever waits for them would decide on figures that are old by then.
        """
        # The job works for everybody, on cases of every collector.
        cases_sudo = company._in_collection_language(
            self.sudo().with_company(company)
        ).browse(case_ids).try_lock_for_update(allow_referencing=True)
        counts = cases_sudo._escalate_batch(company, as_of)
        self.env.flush_all()
        self.env.invalidate_all()
        return counts

    def _escalate_batch(self, company, as_of):
        """Escalate these open cases of one company."""
        basis = self._get_chase_basis(company)
        self._choose_policies(company)
        paused = self._pause_or_resume(as_of)
        running = (self - paused).filtered(lambda case: case.id in basis)
        moved = running._move_stages(basis, self.env["collection.tier"]._get_ladder(company))
        running = running.filtered(lambda case: case.stage != "preparation")
        self._prioritise(as_of)
        steps = running._make_steps(basis, as_of)
        warned = self._warn_managers(as_of)
        self.filtered(lambda case: case.date_escalated != as_of).date_escalated = as_of
        self.env["collection.task.force"]._keep(self, as_of)
        return {"moved": len(moved), "steps": steps, "paused": len(paused), "warned": warned}

    def _get_chase_basis(self, company):
        """By case id, what it is chased for: oldest due date and worst tier left.

        Items that an open dispute covers, or a performing plan, are left out; they stay in
        every ageing. Of what is contested in part the rest is chased.
        """
        self.env["account.move.line"].flush_model()
        self.env["collection.dispute"].flush_model()
        self.env["collection.plan"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.collection_case_id AS case_id,
                       MIN(line.date_maturity) AS date_due,
                       (ARRAY_AGG(tier.id ORDER BY tier.day_from DESC))[1] AS tier_id,
                       (ARRAY_AGG(tier.code ORDER BY tier.day_from DESC))[1] AS tier_code
                  FROM account_move_line line
                  JOIN collection_tier tier ON tier.id = line.collection_tier_id
                 WHERE line.company_id = %(company)s
                   AND line.collection_case_id = ANY(%(cases)s)
                   AND NOT EXISTS (
                       SELECT 1 FROM collection_dispute_move_line_rel contested
                         JOIN collection_dispute dispute
                           ON dispute.id = contested.dispute_id AND dispute.state = 'open'
                        WHERE contested.line_id = line.id
                          AND dispute.amount >= (
                              SELECT SUM(part.amount_residual)
                                FROM collection_dispute_move_line_rel other
                                JOIN account_move_line part ON part.id = other.line_id
                               WHERE other.dispute_id = dispute.id))
                   AND NOT EXISTS (
                       SELECT 1 FROM collection_plan_move_line_rel planned
                         JOIN collection_plan plan
                           ON plan.id = planned.plan_id AND plan.state = 'performing'
                        WHERE planned.line_id = line.id)
              GROUP BY line.collection_case_id
                """,
                company=company.id,
                cases=self.ids,
            )
        )
        return {row["case_id"]: row for row in rows}

    def _move_stages(self, basis, ladder):
        """Let stages follow the worst tier that is chased; legal is people's decision.

        :param basis: by case id, the tier that the case is chased for
        :return: the cases that moved
        """
        targets = {}
        for case in self.filtered(lambda case: case.stage in (*WORKED_STAGES, "preparation")):
            stage = "preparation"
            if case._is_prepared():
                stage = stage_of_tier(ladder.ids.index(basis[case.id]["tier_id"]), len(ladder))
            if case.stage != stage:
                targets[case] = stage
        moved = self.browse().union(*targets)
        worked = WORKED_STAGES.index
        back = moved.filtered(
            lambda case: {targets[case], case.stage} <= set(WORKED_STAGES)
            and worked(targets[case]) < worked(case.stage)
        )
        back._begin_cycle(basis)
        former = {case: case.stage for case in moved}
        for stage, cases in moved.grouped(targets.get).items():
            cases.write({"stage": stage})
        moved._on_stages_moved(former)
        return moved

    def _on_stages_moved(self, former):
        """Called when the escalation has moved these cases.

        :param former: by case, the stage it came from
        """

    def _begin_cycle(self, basis):
        """The worst is off the table: what is left is chased from the start of its own stage.

        What was planned for the worst is not needed any more: it was paid, or, where it still
        stands in the books, a dispute or plan keeps it from being chased.
        """
        planned = self.case_step_ids.filtered(lambda step: step.state == "planned")
        contested = planned.filtered(
            lambda step: step.case_id.tier_id.id != basis[step.case_id.id]["tier_id"]
        )
        contested._cancel("paused")
        (planned - contested)._cancel("paid")
        self._count_cycle()

    def _count_cycle(self):
        """From now on each step may be made once more."""
        for cycle, cases in self.grouped("cycle").items():
            cases.write({"cycle": cycle + 1})

    # What keeps a case from being chased: holds, promises, plans, disputes, replies.

    @api.depends("pause_reason")
    @api.depends_context("lang")
    def _compute_pause_text(self):
        """What the last run noted in the company's language, in the reader's."""
        for case in self:
            today = case.company_id._get_collection_today()
            reason = case.pause_reason and case._get_pause(today, case.policy_id)
            case.pause_text = reason or case.pause_reason

    def _get_pause(self, as_of, policy):
        """Why no steps are made for the case on a day, in words; empty when they are."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        if partner._is_on_collection_hold(as_of):
            return self.env._(
                "The customer is on hold: %(reason)s",
                reason=partner.collection_hold_reason or self.env._("no reason given"),
            )
        if self.hold_until and self.hold_until >= as_of:
            return self.env._(
                "On hold until %(date)s: %(reason)s",
                date=format_date(self.env, self.hold_until), reason=self.hold_reason,
            )
        promise = self.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        if promise:
            return self.env._("Promised: %(promise)s", promise=promise.display_name)
        if self.currency_id.compare_amounts(self.amount_to_collect, 0) <= 0:
            return self.env._("Nothing to collect: all is promised, disputed or in a plan")
        if self.currency_id.compare_amounts(self.amount_to_collect, policy.amount_minimum) < 0:
            return self.env._(
                "Below the minimum amount of %(amount)s",
                amount=formatLang(self.env, policy.amount_minimum, currency_obj=self.currency_id),
            )
        if self.wait_until and self.wait_until >= as_of:
            return self.env._(
                "The customer replied: no new steps until %(date)s",
                date=format_date(self.env, self.wait_until),
            )
        return False

    def _pause_or_resume(self, as_of):
        """Take the steps of paused cases off the lists, and bring back those of the others.

        :return: the cases that are paused on the day
        """
        reasons = {case: case._get_pause(as_of, case.policy_id) for case in self}
        paused = self.filtered(lambda case: reasons[case])
        paused.case_step_ids._cancel("paused")
        changed = paused.filtered(lambda case: case.pause_reason != reasons[case])
        for reason, cases in changed.grouped(reasons.get).items():
            cases.write({"pause_reason": reason})
        (self - paused).filtered("pause_reason")._end_pause(as_of)
        return paused

    def _end_pause(self, as_of):
        """The chase goes on: bring back what the pause had taken away."""
        self.write({"pause_reason": False})
        self.case_step_ids.filtered(lambda step: step.cycle == step.case_id.cycle)._resume(as_of)

    # Which case first, and why: points that everybody can add up.

    @api.depends("priority", "priority_parts")
    @api.depends_context("lang")
    def _compute_priority_reason(self):
        for case in self:
            parts = case.priority_parts or {}
            labels = case._get_priority_labels()
            case.priority_reason = (
                " + ".join(
                    f"{label}: {parts[name]}" for name, label in labels.items() if name in parts
                )
                + f" = {case.priority}"
                if parts
                else False
            )

    def _get_priority_labels(self):
        """The reasons in words, with the case's own figures."""
        self.ensure_one()
        return {
            "amount": self.env._(
                "to collect %(amount)s",
                amount=formatLang(
                    self.env, self.amount_to_collect, currency_obj=self.currency_id
                ),
            ),
            "tier": self.tier_id.name or "",
            "broken": self.env._("broken promises"),
            "silence": (
                self.env._("time since the last contact")
                if self.date_last_contact
                else self.env._("no contact yet")
            ),
            "limitation": self.env._("limitation near"),
            "promise_due": self.env._("promise due"),
        }

    def _prioritise(self, as_of):
        """Give these cases of one company their points of a day."""
        ladder = self.env["collection.tier"]._get_ladder(self.company_id[:1])
        weights = {policy: policy._get_priority_weights() for policy in self.policy_id}
        parts = {
            case: score(
                weights[case.policy_id],
                case.amount_to_collect,
                *case._get_priority_facts(ladder, as_of),
            )
            for case in self
        }
        changed = self.filtered(lambda case: (case.priority_parts or {}) != parts[case])
        for items, cases in changed.grouped(lambda case: tuple(parts[case].items())).items():
            cases.write({
                "priority": sum(points for _name, points in items),
                "priority_parts": dict(items),
            })

    def _get_priority_facts(self, ladder, as_of):
        """The arguments of `score` after the amount."""
        self.ensure_one()
        promises = self.promise_ids
        silent = None
        if self.date_last_contact:
            last = self.company_id._get_collection_date(self.date_last_contact)
            silent = max((as_of - last).days, 0)
        limitation = self.limitation_date
        return (
            (ladder.ids.index(self.tier_id.id) + 1) / len(ladder) if self.tier_id in ladder else 0,
            len(promises.filtered(lambda promise: promise.state in ("partial", "broken"))),
            silent,
            (limitation - as_of).days if limitation else None,
            any(p.state == "open" and p.date_promised <= as_of for p in promises),
        )

    # Which steps of its policy a case gets, when, and for whom (P3.4–P3.6).

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

    # What the policies would do for cases, before they do it.

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

    # What people hear of without asking: late steps, cases nobody works on (P2.1).

    def _warn_managers(self, as_of):
        """To-dos for the managers of these cases, once for each reason; return how many."""
        late = self.case_step_ids.filtered(
            lambda step: step.state == "planned"
            and not step.is_warned
            and step.date_deadline < as_of
        )
        late.write({"is_warned": True})
        warnings = [
            step.case_id._prepare_warning(
                self.env._(
                    "“%(step)s” was due on %(date)s",
                    step=step.display_name,
                    date=format_date(self.env, step.date_deadline),
                ),
                as_of,
            )
            for step in late
        ]
        warnings += [
            case._prepare_warning(self.env._("No next action is planned"), as_of)
            for case in self
            if not (case.activity_ids or case.next_step_id or case.pause_reason)
            and case.stage != "legal"
        ]
        warnings = [vals for vals in warnings if vals["user_id"]]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(warnings)
        return len(warnings)

    @api.constrains("hold_until", "plan_date")
    def _check_plausible(self):
        check_plausible(self, ("hold_until", "plan_date"))
