from datetime import date
from functools import partial
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ...tools.steps import Row, simulate, stage_of_tier


class Debt(NamedTuple):
    """What is owed from a day on: overdue, to be collected, and the oldest due date of that."""

    date: date
    overdue: float
    to_collect: float
    date_due: date | None


class CollectionCaseSimulation(models.AbstractModel):
    """What the policies would do for cases, before they do it, nothing written (P3.4–P3.6).

    As the nights do it if nothing is paid, promised or disputed from now on, and each step is
    done on its deadline. What falls due meanwhile is owed from then on.
    """

    _name = "collection.case.simulation"
    _description = "Simulation of the Chase"

    @api.model
    def _simulate(self, cases, as_of, last_day, policy=None):
        """What happens to these cases on these days, both inclusive.

        :param policy: another policy than the one that each case follows
        :return: list of dicts ``case step date deadline user note``, in the order of dates
        """
        rows = []
        for company, own in cases.filtered(lambda case: not case.is_closed).grouped(
            "company_id"
        ).items():
            rows += Simulation(
                own.with_company(company), company, as_of, last_day, policy
            ).get_rows()
        return sorted(rows, key=lambda row: (row["date"], row["deadline"], row["case"].id))


class Simulation:
    """The simulation of open cases of one company: what it has read, kept for all of them."""

    def __init__(self, cases, company, as_of, last_day, policy=None):
        """Read what all of the cases share; the parameters as in ``_simulate``."""
        self.env = cases.env
        self.cases, self.company, self.policy = cases, company, policy
        self.as_of, self.last_day = as_of, last_day
        self.policy_model = self.env["collection.policy"]
        self.step_model = self.env["collection.policy.step"]
        self.ranked = self.policy_model._get_ranked(company)
        self.ladder = self.env["collection.tier"]._get_ladder(company)
        self.fitting, self.repeats = {}, {}
        self.starts = [(tier.day_from, position) for position, tier in enumerate(self.ladder)]

    def get_rows(self):
        """Return a list of dicts ``case step date deadline user note``, case by case."""
        begins = {}
        for case, debts in self._get_debts().items():
            if begin := self._get_beginning(case, debts):
                begins[case] = begin
        policies = {case: self._choose(case, debts[0]) for case, debts in begins.items()}
        cases = self.cases.filtered(
            lambda case: case in begins and not case._has_to_prepare(policies[case])
        )
        basis = {
            case.id: {
                "date_due": begins[case][0].date_due, "tier_code": None,
                "amount": begins[case][0].to_collect,
            }
            for case in cases
        }
        contacts = cases._get_contact_facts(self.as_of, self.last_day)
        schedules = cases._get_schedules(policies, basis, self.as_of, {self.policy} if (
            self.policy
        ) else {*self.ranked, self.policy_model._get_default(self.company)})
        return [
            row
            for case, schedule in schedules.items()
            for row in self._simulate_case(case, schedule, begins[case], contacts[case])
        ]

    def _choose(self, case, debt):
        """The policy that a case follows while so much is overdue."""
        return self.policy or self.policy_model._choose_for(case, self.ranked, debt.overdue)[0]

    # What is owed as the days go by.

    def _get_debts(self):
        """By case, the list of what is owed from a day on, the first ``Debt`` as of now.

        Items fall due; what credits and money on their way leave covers them, the oldest first.
        What is promised counts: if nothing is paid, no promise is kept.
        """
        basis = self.cases._get_chase_basis(self.company, self.as_of)
        left = self._get_cover_left()
        coming = self._get_items_to_come()
        result = {}
        for case in self.cases:
            due = basis[case.id]["date_due"] if case.id in basis else None
            debts = [Debt(
                self.as_of, case.amount_overdue, case.amount_to_collect + case.amount_promised, due
            )]
            cover = left.get(case.partner_id.id, {})
            for day, items in groupby(coming.get(case.partner_id.id, ()), lambda item: item["day"]):
                debt = debts.pop() if day <= self.as_of else debts[-1]
                for item in items:
                    debt = self._add_item(debt._replace(date=day), item, cover)
                debts.append(debt)
            result[case] = debts
        return result

    def _add_item(self, debt, item, cover):
        """The debt with an item that has got overdue.

        :param cover: dict by currency's id of what is left to cover items; changed
        """
        covered = min(item["free"], cover.get(item["currency_id"], 0.0))
        if covered:
            cover[item["currency_id"]] -= covered
        debt = debt._replace(overdue=debt.overdue + item["overdue_company"])
        rest = item["free"] - covered
        if rest <= 0:
            return debt
        return debt._replace(
            to_collect=self.company.currency_id.round(
                debt.to_collect + item["free_company"] * rest / item["free"]
            ),
            date_due=min(debt.date_due or item["due"], item["due"]),
        )

    def _get_cover_left(self):
        """By customer's id and currency's id, what credits and money on its way leave."""
        pots = self.env["collection.position"]._get_pots(self.company, self.cases.partner_id)
        left = {
            partner_id: {currency_id: pot.cover for currency_id, pot in of_partner.items()}
            for partner_id, of_partner in pots.items()
        }
        for row in self.cases._get_positions():
            cover = left.get(row.case_id.partner_id.id, {})
            if row.currency_id.id in cover:
                used = row.amount_on_its_way + row.amount_credit
                cover[row.currency_id.id] = max(cover[row.currency_id.id] - used, 0.0)
        return left

    def _get_items_to_come(self):
        """By customer's id, the open items that get overdue by the last day, the earliest first.

        :return: lists of dicts ``id day due currency_id overdue_company free free_company``
        """
        line_model = self.env["account.move.line"]
        position_model = self.env["collection.position"]
        position_model._flush_for_positions()
        rows = self.env.execute_query_dict(SQL(
            """
            SELECT line.id, partner.commercial_partner_id AS partner_id,
                   GREATEST(COALESCE(line.date_maturity, line.date) + 1,
                            COALESCE(line.invoice_date, line.date), %(as_of)s) AS day,
                   COALESCE(line.date_maturity, line.date) AS due,
                   COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                   line.amount_residual::float AS overdue_company,
                   line.amount_residual_currency::float AS free
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
               AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
               AND line.collection_tier_id IS NULL
               AND %(chased)s AND NOT %(paid_out)s
               AND partner.commercial_partner_id = ANY(%(partners)s)
               AND COALESCE(line.date_maturity, line.date) < %(last_day)s
               AND COALESCE(line.invoice_date, line.date) <= %(last_day)s
          ORDER BY partner_id, day, due, line.id
            """,
            company=self.company.id, as_of=self.as_of, last_day=self.last_day,
            chased=line_model._get_chased_sql("line"),
            paid_out=line_model._get_paid_out_sql("line"),
            partners=self.cases.partner_id.ids,
        ))
        contested, planned = position_model._get_held(
            line_model.browse(row["id"] for row in rows)
        )
        result = {}
        for row in rows:
            share = 0 if row["id"] in planned else (
                1 - min(contested.get(row["id"], 0.0) / row["overdue_company"], 1)
            )
            row["free_company"] = row["overdue_company"] * share
            row["free"] *= share
            result.setdefault(row["partner_id"], []).append(row)
        return result

    def _get_beginning(self, case, debts):
        """The debts from the first day on which steps are made, the first one as of that day.

        :return: empty if no step is made up to the last day
        """
        ends = [
            last_day for _words, last_day in (
                *case._get_agreed_pauses(self.as_of), *case._get_reply_pauses(self.as_of)
            )
        ]
        if None in ends:
            return []
        begin = max((self.as_of, *(fields.Date.add(last_day, days=1) for last_day in ends)))
        passed = [debt for debt in debts if debt.date <= begin]
        debts = [passed[-1]._replace(date=begin), *debts[len(passed):]]
        for number, debt in enumerate(debts):
            if debt.date_due and debt.date <= self.last_day and not case._get_amount_pause(
                debt.to_collect, self._choose(case, debt)
            ):
                return debts[number:]
        return []

    # The nights of a case.

    def _simulate_case(self, case, schedule, debts, contacts):
        """The rows of a case, from the first day on which steps are made."""
        first, facts = debts[0], schedule.facts
        of_policy, recorded = schedule.of_policy, schedule.recorded

        def get_band(day):
            overdue = (day - first.date_due).days
            return max((band for start, band in self.starts if start <= overdue), default=0)

        def get_repeat(key, date_done):
            if (key, date_done) not in self.repeats:
                self.repeats[key, date_done] = self.step_model.browse(key)._get_repeated_span(
                    date_done, schedule.working_days
                )
            return self.repeats[key, date_done]

        if case._falls_back(stage_of_tier(get_band(first.date), len(self.ladder))):
            # The worst is off the table: a new cycle begins.
            recorded = {}
            of_policy = schedule.plan(
                case, self._choose(case, first), first.to_collect, first.date_due, recorded
            )
            facts = facts._replace(is_contacted=True, began=None)
        rows = of_policy.rows
        pause = ""
        if first.date > self.as_of:
            pause = case._get_pause(self.as_of, self._choose(case, first))
            rows = {
                key: Row("paused") if row.state == "planned" else row
                for key, row in rows.items()
            }
        facts = facts._replace(as_of=first.date)
        person = case._get_contact_person()
        return [
            {
                "case": case,
                "step": self.step_model.browse(key),
                "date": day,
                "deadline": span.deadline if span else day,
                "user": case._get_responsible(self.step_model.browse(key).role, day),
                "note": pause or False if span else self.env._("Blocked by a contact rule"),
            }
            for day, key, span in simulate(
                of_policy.steps, rows, facts, self.last_day, get_band, get_repeat,
                partial(self._get_fitting_day, case, contacts, person),
                self._get_step_after_broken(case, of_policy, recorded, facts, get_band),
                self._get_turns(case, schedule, debts),
            )
        ]

    def _get_fitting_day(self, case, contacts, person, key, day):
        """When a customer may be contacted for a step, from a day on.

        Worked out once for all customers without a contact lately who are in the same zones and
        ask for the same.
        """
        step = self.step_model.browse(key)
        rule, _pure, _is_working_day, past = contacts
        if past:
            return case._get_fitting_day(contacts, step, day, person)
        zones, debtor = person
        same = rule, tuple(zones), debtor, key, day
        if same not in self.fitting:
            self.fitting[same] = case._get_fitting_day(contacts, step, day, person)
        return self.fitting[same]

    def _get_step_after_broken(self, case, of_policy, recorded, facts, get_band):
        """Ids of the step that comes when the open promise, the second in a row, is broken.

        It is judged on the first day after its last one, in the night that ends the pause.
        """
        promise = case.promise_ids.filtered(lambda promise: promise.state == "open")
        ends = fields.Date.subtract(facts.as_of, days=1)
        if (
            not promise or case.stage == "legal" or promise._get_last_day() != ends
            or not promise._is_second_broken()
        ):
            return ()
        has_gap = facts.last_letter and (
            facts.as_of - facts.last_letter
        ).days < facts.gap_days
        step = case._choose_advanced_step(
            of_policy.policy_steps, recorded, self.ladder[get_band(facts.as_of)], has_gap
        )
        return tuple(step.ids)

    def _get_turns(self, case, schedule, debts):
        """What changes while the days of a case go by: see `simulate`."""
        turns = {}
        policy = self._choose(case, debts[0])
        for debt in debts[1:]:
            former, policy = policy, self._choose(case, debt)
            turns[debt.date] = partial(
                self._turn, case, schedule, debt._replace(date_due=debts[0].date_due), policy,
                policy != former,
            )
        return turns

    @staticmethod
    def _turn(case, schedule, debt, policy, is_other, steps, rows, done):
        """The steps by key and what became of them, once so much is owed.

        :param is_other: whether another policy was followed before: what was done is not done
            again, what is open is withdrawn
        :param done: by step, the day on which it was done last
        """
        recorded = is_other and schedule.recorded | {
            key: {"step_id": key, "state": "done", "cancel_reason": False, "date_done": day,
                  "date_deadline": day}
            for key, day in done.items()
        }
        plan = schedule.plan(case, policy, debt.to_collect, debt.date_due, recorded or {})
        fresh = {step.key: step for step in plan.steps}
        if is_other:
            return fresh, plan.rows
        return (
            {key: steps.get(key, step) for key, step in fresh.items()},
            {key: row for key, row in rows.items() if key in fresh},
        )
