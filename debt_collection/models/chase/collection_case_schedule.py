from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools.steps import Facts, Row, Span, Step, decide

SIMULATED_DAYS = 400


class Steps(NamedTuple):
    """The steps of a policy that are meant for a case, as `decide` takes them.

    ``repeated`` are those that were done under another policy.
    """

    policy_steps: models.Model
    steps: list
    rows: dict
    repeated: set


class Schedule(NamedTuple):
    """What is known of a case's steps: the arguments of `decide`, and what stands in the books.

    ``recorded`` are the scheduled steps of this cycle by policy step. ``plan`` says which steps
    it gets by another policy, amount and due date: see `_get_planner`.
    """

    of_policy: Steps
    facts: Facts
    recorded: dict
    working_days: list
    plan: Callable


class CollectionCase(models.Model):
    """Which steps of its policy a case gets, when and for whom; and what they would be.

    `tools/steps.py` decides, here the facts are fetched and the decision is stored
    (P3.4–P3.6).
    """

    _inherit = "collection.case"

    case_step_ids = fields.One2many("collection.case.step", "case_id", "Scheduled Steps")
    next_step_id = fields.Many2one("collection.policy.step", readonly=True, copy=False)
    next_step_date = fields.Date("Next Step On", readonly=True, copy=False)
    next_step_wait = fields.Selection(
        [("after", "Another Step"), ("gap", "The Days Between Letters")],
        "Next Step Waits For", readonly=True, copy=False,
    )
    next_step_text = fields.Char("What Comes Next", compute="_compute_next_step_text")
    date_chase_began = fields.Date(
        "First Contacted On", readonly=True, copy=False,
        help="First day of the chase of a debt that was old before it was known here.",
    )
    date_letter_gone = fields.Date("Last Letter On", readonly=True, copy=False)

    @api.depends(
        "next_step_id", "next_step_date", "next_step_wait", "pause_reason", "case_step_ids.state"
    )
    @api.depends_context("lang")
    def _compute_next_step_text(self):
        """What comes next, when, and what it waits for, in one line."""
        for case in self:
            planned = case.case_step_ids.filtered(lambda step: step.state == "planned").sorted(
                lambda step: (step.date_deadline, step.id)
            )[:1]
            step = planned.step_id or case.next_step_id
            values = {
                "step": step.name,
                "date": format_date(
                    self.env, planned.date_deadline or case.next_step_date or False
                ),
                "after": case.next_step_id.after_step_id.name,
            }
            if case.pause_reason:
                text = self.env._("Waits: %(reason)s", reason=case.pause_text)
            elif not step:
                text = False
            elif planned:
                text = self.env._("%(step)s, by %(date)s", **values)
            elif case.next_step_wait == "after":
                text = self.env._("%(step)s, once “%(after)s” is done", **values)
            elif case.next_step_wait == "gap":
                text = self.env._(
                    "%(step)s, from %(date)s: a letter went out a short time ago", **values
                )
            else:
                text = self.env._("%(step)s, from %(date)s", **values)
            case.next_step_text = text

    def _note_letter(self, date):
        """A letter of these cases went out on this day, or none counts (``False``)."""
        # Whoever sends a letter need not write its case.
        self.sudo().filtered(lambda case: case.date_letter_gone != date).write(
            {"date_letter_gone": date}
        )

    # The facts, for many cases in a few queries.

    def _get_step_rows(self):
        """By case id, the dicts of its scheduled steps of this cycle, the last time of each."""
        self.env["collection.case.step"].flush_model()
        self.env["collection.case"].flush_model(["cycle"])
        rows = defaultdict(dict)
        for row in self.env.execute_query_dict(
            SQL(
                """
                SELECT DISTINCT ON (scheduled.case_id, scheduled.step_id)
                       scheduled.id, scheduled.case_id, scheduled.step_id, scheduled.state,
                       scheduled.cancel_reason, scheduled.date_done, scheduled.date_planned,
                       scheduled.date_deadline, scheduled.occurrence
                  FROM collection_case_step scheduled
                  JOIN collection_case case_ ON case_.id = scheduled.case_id
                   AND case_.cycle = scheduled.cycle
                 WHERE scheduled.case_id = ANY(%(cases)s)
              ORDER BY scheduled.case_id, scheduled.step_id, scheduled.occurrence DESC
                """,
                cases=self.ids,
            )
        ):
            rows[row["case_id"]][row["step_id"]] = row
        return rows

    def _get_last_letter_days(self):
        """By case id, the day on which its last letter was written by a step, or went out."""
        days = {
            case.id: last
            for case, last in self.env["collection.case.step"]._read_group(
                [("case_id", "in", self.ids), ("method", "=", "letter"),
                 ("state", "in", ("planned", "done"))],
                ["case_id"], ["date_planned:max"],
            )
        }
        for case in self.filtered("date_letter_gone"):
            days[case.id] = max(case.date_letter_gone, days.get(case.id, case.date_letter_gone))
        return days

    def _get_schedules(self, policies, basis, as_of, more_policies=()):
        """What `decide` needs for each of these cases of one company.

        :param policies: by case, the policy it follows
        :param basis: by case id, the due date and tier that it is chased for
        :param more_policies: policies that cases may follow later
        :return: by case, a `Schedule`
        """
        ladder = self.env["collection.tier"]._get_ladder(self.company_id[:1])
        bands = {tier.code: position for position, tier in enumerate(ladder)}
        of_cases = {*policies.values(), *more_policies}
        all_steps = self.env["collection.policy.step"].union(
            *(policy.step_ids for policy in of_cases)
        )
        working_days = self._get_working_days_for(all_steps, basis, as_of)
        plan = self._get_planner(of_cases, bands, working_days)
        scheduled = self._get_step_rows()
        letters = self._get_last_letter_days()
        schedules = {}
        for case in self:
            policy = policies[case]
            row = basis[case.id]
            own = scheduled.get(case.id, {})
            facts = Facts(
                as_of,
                bands.get(row["tier_code"], 0),
                case.date_open or as_of,
                bool(case.date_last_contact or own or case.cycle > 1),
                case.date_chase_began or None,
                letters.get(case.id),
                policy.letter_gap_days,
                policy.catch_up_days,
            )
            schedules[case] = Schedule(
                plan(case, policy, row.get("amount", case.amount_to_collect), row["date_due"], own),
                facts, own, working_days, plan,
            )
        return schedules

    def _get_planner(self, policies, bands, working_days):
        """A function that says which steps a case gets; it remembers what cases share.

        :param bands: by tier's code, its position in the ladder
        :return: function of a case, one of the policies, the amount to collect, the due date
            counted from, and by policy step what was recorded; it returns `Steps`
        """
        step_model = self.env["collection.policy.step"]
        terms = {policy: policy.step_ids._get_terms() for policy in policies}
        of_policies = {policy: {term.key for term in terms[policy]} for policy in policies}
        kinds = {term.key: term.kind for own in terms.values() for term in own}
        spans, groups = {}, {}

        def get_span(key, date_due):
            if (key, date_due) not in spans:
                spans[key, date_due] = step_model.browse(key)._get_span(date_due, working_days)
            return spans[key, date_due]

        def plan(case, policy, amount, date_due, recorded):
            fit = [
                term for term in case._get_fitting_terms(terms[policy], amount)
                if not term.tier_code or term.tier_code in bands
            ]
            group = (policy, *(term.key for term in fit))
            if group not in groups:
                steps = step_model.browse(group[1:])
                groups[group] = steps, set(policy._get_first_steps(steps).ids)
            policy_steps, firsts = groups[group]
            done_before = [key for key in recorded if key not in of_policies[policy]]
            rows, steps, repeated = {}, [], set()
            for term in fit:
                span = get_span(term.key, date_due)
                known = recorded.get(term.key)
                state = known and self._get_row_state(known)
                if state in ("done", "gone") and term.repeat_days:
                    base = known["date_done"] or known["date_deadline"]
                    span = step_model.browse(term.key)._get_repeated_span(base, working_days)
                elif state:
                    rows[term.key] = Row(state, known["date_done"])
                elif done_before and self._was_done(
                    term.kind, span, [recorded[key] for key in done_before], kinds
                ):
                    repeated.add(term.key)
                    rows[term.key] = Row("gone")
                steps.append(Step(
                    term.key, span, bands[term.tier_code] if term.tier_code else None,
                    term.kind[0] == "letter", term.after, term.key in firsts,
                ))
            return Steps(policy_steps, steps, rows, repeated)

        return plan

    def _was_done(self, kind, span, former, kinds):
        """Whether steps of another policy did the same, on the day that is due now or later.

        :param kind: method and kind of letter
        :param former: rows of scheduled steps of other policies
        :param kinds: by id, method and kind of letter of the policies' own steps; others are
            added as they are met
        """
        for row in former:
            key = row["step_id"]
            if key not in kinds:
                step = self.env["collection.policy.step"].browse(key)
                kinds[key] = (step.method, step.letter_kind)
            if kinds[key] == kind and row["state"] == "done" and (
                row["date_done"] >= span.deadline
            ):
                return True
        return False

    @api.model
    def _get_row_state(self, row):
        """The state of a scheduled step, as `Row` calls it."""
        if row["state"] in ("planned", "done"):
            return row["state"]
        is_paused = row["state"] == "cancelled" and row["cancel_reason"] == "paused"
        return "paused" if is_paused else "gone"

    def _get_worthwhile_steps(self, policy):
        """The steps of a policy that are meant for such a customer and amount, in any tier."""
        return self.env["collection.policy.step"].browse(
            term.key for term in self._get_fitting_terms(
                policy.step_ids._get_terms(), self.amount_to_collect
            )
        )

    def _get_fitting_terms(self, terms, amount):
        """Those of a policy's terms that are meant for the case with so much to collect."""
        self.ensure_one()
        compare = self.currency_id.compare_amounts
        is_company, is_legal = self.partner_id.is_company, self.stage == "legal"
        return [term for term in terms if term.fits(amount, is_company, compare, is_legal)]

    def _get_working_days_for(self, steps, basis, as_of):
        """The working days that the deadlines of steps can fall on, as seen from a day."""
        steps = steps.filtered(
            lambda step: step.offset_unit == "working"
            or (step.repeat_days and step.repeat_unit == "working")
        )
        if not steps or not basis:
            return []
        dates = [row["date_due"] for row in basis.values()]
        # Weekends and the longest holidays fit into three times the days, and two months.
        last = fields.Date.add(max(dates), days=3 * max(steps.mapped("offset")) + 60)
        repeated = max(steps.mapped("repeat_days"))
        if repeated:
            last = max(
                last, fields.Date.add(as_of, days=SIMULATED_DAYS + 3 * repeated + 60)
            )
        return self.env.company._get_collection_working_days(min(dates), last)

    # The decision, stored.

    def _make_steps(self, basis, as_of):
        """Schedule what is due for these cases; return how many steps were planned.

        :param basis: by case id, the due date and tier code that the case is chased for
        """
        policies = {case: case.policy_id for case in self}
        self._withdraw_foreign_steps()
        self._pause_in_court()
        vals_list, coming, resumed, behind, began = [], {}, {}, {}, {}
        for case, schedule in self._get_schedules(policies, basis, as_of).items():
            of_policy = schedule.of_policy
            decision = decide(of_policy.steps, of_policy.rows, schedule.facts)
            date_due = basis[case.id]["date_due"]
            skipped = decision.skipped | dict.fromkeys(of_policy.repeated, "repeated")
            for step in of_policy.policy_steps:
                known = schedule.recorded.get(step.id)
                is_paused = known and self._get_row_state(known) == "paused"
                if step.id in decision.made and is_paused:
                    resumed[known["id"]] = decision.made[step.id]
                elif step.id in skipped and is_paused:
                    behind[known["id"]] = skipped[step.id]
                elif step.id in decision.made or step.id in skipped:
                    span = decision.made.get(step.id) or Span(as_of, as_of)
                    vals_list.append({
                        **case._prepare_case_step(
                            step, span, date_due, as_of, step.id in decision.made
                        ),
                        "occurrence": known["occurrence"] + 1 if known else 1,
                        "cancel_reason": skipped.get(step.id, False),
                        "note": step.id in decision.alone and self.env._(
                            "Without “%(step)s”, which did not come",
                            step=step.after_step_id.name,
                        ),
                    })
            coming[case] = decision.coming and tuple(decision.coming) or (False, False, "")
            if decision.began and case.date_chase_began != decision.began:
                began[case] = decision.began
        for date, cases in self.filtered(began.get).grouped(began.get).items():
            cases.write({"date_chase_began": date})
        self._note_next_steps(coming)
        self._fit_contact_rules(vals_list)
        scheduled_model = self.env["collection.case.step"]
        for reason, ids in self._group_ids(behind).items():
            scheduled_model.browse(ids)._leave_behind(reason)
        scheduled_model.browse(resumed)._resume(as_of)
        case_steps = scheduled_model.create(vals_list)
        planned = case_steps.filtered(lambda step: step.state == "planned")
        planned._carry_out(as_of)
        return len(planned)

    @api.model
    def _group_ids(self, values):
        """By value, the list of the keys that have it."""
        groups = defaultdict(list)
        for key, value in values.items():
            groups[value].append(key)
        return groups

    def _get_planned_steps(self):
        """The scheduled steps of these cases that are on somebody's list, in one search."""
        return self.env["collection.case.step"].search_fetch(
            [("case_id", "in", self.ids), ("state", "=", "planned")],
            ["case_id", "step_id", "state", "date_deadline", "is_warned"],
        )

    def _withdraw_foreign_steps(self):
        """What another policy left open is withdrawn: this one starts where the customer is."""
        self._get_planned_steps().filtered(
            lambda step: step.step_id.policy_id != step.case_id.policy_id
        )._cancel("policy")

    def _pause_in_court(self):
        """Nobody contacts a customer with whom counsel speaks."""
        in_court = self.filtered(lambda case: case.stage == "legal")
        if in_court:
            in_court._get_planned_steps().filtered(
                lambda step: step.step_id._is_contacting()
            )._cancel("paused")

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

        :param coming: by case, the step's id, its date and what it waits for
        """
        for (step_id, date, wait), cases in self.grouped(coming.get).items():
            vals = {
                "next_step_id": step_id, "next_step_date": date or False,
                "next_step_wait": wait or False,
            }
            cases.filtered(
                lambda case, vals=vals: case.next_step_id.id != vals["next_step_id"]
                or case.next_step_date != vals["next_step_date"]
                or case.next_step_wait != vals["next_step_wait"]
            ).write(vals)

    def _advance_to_next_stage(self, as_of):
        """Make the first step of the next stage now: two promises in a row were broken (P3.5).

        What else pauses the chase holds this step too, and within the gap after a letter it is
        no letter.

        :return: the cases that got a step
        """
        advanced = self.browse()
        for case in self.filtered(lambda case: case.stage != "legal"):
            policy = case._get_policy()
            if case._get_pause(as_of, policy):
                continue
            recorded = case._get_step_rows().get(case.id, {})
            last = case._get_last_letter_days().get(case.id)
            step = case._choose_advanced_step(
                case._get_worthwhile_steps(policy), recorded, case.tier_id,
                last and (as_of - last).days < policy.letter_gap_days,
            )
            if step:
                vals = case._prepare_case_step(
                    step, Span(as_of, as_of), case.date_oldest_due or as_of, as_of, True
                )
                case._fit_contact_rules([vals])
                case_steps = self.env["collection.case.step"].create(vals)
                planned = case_steps.filtered(lambda step: step.state == "planned")
                planned._carry_out(as_of)
                if planned:
                    advanced |= case
        return advanced

    def _choose_advanced_step(self, steps, recorded, tier, has_gap):
        """The first of some steps that is for a worse tier than the case's, and may come now.

        :param recorded: by step id, what was scheduled in this cycle
        :param has_gap: whether a letter went out a short time ago: the step is none, then
        """
        self.ensure_one()
        ladder = self.env["collection.tier"]._get_ladder(self.company_id)
        later = ladder[ladder.ids.index(tier.id) + 1:] if tier in ladder else ladder
        done = {key for key, row in recorded.items() if row["state"] == "done"}
        return steps.filtered(
            lambda step: step.tier_id.code in later.mapped("code")
            and step.id not in recorded
            and (not step.after_step_id.active or step.after_step_id.id in done)
            and not (has_gap and step.method == "letter")
        ).sorted(lambda step: (step.offset, step.sequence, step.id))[:1]

    def _drop_schedule(self):
        """Nothing stays scheduled on a closed case."""
        paid = self.filtered(lambda case: case.close_reason == "paid")
        paid.case_step_ids._cancel("paid")
        (self - paid).case_step_ids._cancel("other")
        self.write({
            "next_step_id": False, "next_step_date": False, "next_step_wait": False,
            "pause_reason": False,
        })

    # What the policies would do for cases, before they do it.

    def _simulate_steps(self, as_of, days=SIMULATED_DAYS, policy=None):
        """What the policy would do for these cases from a day on.

        :return: list of dicts: see ``collection.case.simulation``
        """
        last_day = fields.Date.add(as_of, days=days)
        return self.env["collection.case.simulation"]._simulate(self, as_of, last_day, policy)

    def action_simulate(self):
        """Show what the policy would do for these cases, before it does."""
        if not self:
            raise UserError(self.env._("Choose the cases to look at."))
        return self.env["collection.step.preview"]._open_for(self)
