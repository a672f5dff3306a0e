from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ...tools.next_action import MINUTES
from ...tools.replay import Item, Plan, get_rest, replay
from ...tools.steps import Step

MOST_MONTHS = 24
DAY = timedelta(days=1)
CONTACTS = ("phone", "visit", "letter", "email")


class CollectionPolicyReplay(models.TransientModel):
    """Another policy run over the past of the ledger: what it would have asked of whom.

    Beside it stands the policy that each case follows, run in the same way, and the steps on
    record: where the two differ, something else than the ledger decided. Nothing is said of
    cash: whether it would have come sooner, only a trial tells.
    """

    _name = "collection.policy.replay"
    _description = "Replay of a Policy"
    _inherit = "collection.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    policy_id = fields.Many2one(
        "collection.policy", "Policy to Replay", required=True,
        domain="[('company_id', '=', company_id)]",
    )
    months = fields.Integer(required=True, default=12, help="Up to 24 months back from today.")
    line_ids = fields.One2many("collection.policy.replay.line", "replay_id")
    recorded_count = fields.Integer("Steps on Record", readonly=True)
    same_count = fields.Integer("Made Again by the Policy in Force", readonly=True)
    missed_ids = fields.Many2many(
        "collection.case.step", string="On Record Only", readonly=True,
    )
    range_text = fields.Char("Cash", readonly=True)
    _months_range = models.Constraint(
        "CHECK(months BETWEEN 1 AND 24)", "A replay goes 1 to 24 months back."
    )

    def action_replay(self):
        """Run both policies over the past and show the steps by week, collector and method."""
        self.ensure_one()
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise UserError(self.env._("Only a collection manager replays policies."))
        today = self.company_id._get_collection_today()
        self._replay(fields.Date.subtract(today, months=self.months), today - DAY)
        return True

    def action_view_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Steps by Week, Collector and Method"),
            "res_model": "collection.policy.replay.line", "view_mode": "pivot,graph,list",
            "domain": [("replay_id", "=", self.id)],
        }

    def action_view_missed(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("On Record Only"),
            "res_model": "collection.case.step", "view_mode": "list,form",
            "domain": [("id", "in", self.missed_ids.ids)], "context": {"create": False},
        }

    def _replay(self, first, last):
        """Replay the nights from one day to another, both inclusive, and keep what came of it."""
        self.ensure_one()
        # A replay is of the whole company, whoever works on its cases.
        episodes = self.sudo()._get_episodes(first, last)
        recorded = self.sudo()._get_recorded([e["case"].id for e in episodes if e["case"]])
        sums = defaultdict(lambda: [0, 0.0])
        firsts = {"in_force": {}, "other": {}}
        found, in_force = set(), set()
        working_days = self.company_id._get_collection_working_days(
            fields.Date.subtract(first, years=3), fields.Date.add(last, days=1000)
        )
        plans = {}
        for number, episode in enumerate(episodes):
            case = episode["case"]
            for scenario in ("in_force", "other"):
                policy = self.policy_id if scenario == "other" else episode["policy"]
                key = (policy, episode["is_company"])
                if key not in plans:
                    plans[key] = self._get_plan(*key, working_days)
                is_recorded = scenario == "in_force" and case
                for made in replay(
                    episode["items"], episode["pauses"], episode["first"], episode["last"],
                    plans[key], self._get_done(recorded if is_recorded else {}, case),
                ):
                    if is_recorded:
                        in_force.add((case.id, made.key, made.cycle, made.occurrence))
                    if made.day < first:
                        continue
                    step = self.env["collection.policy.step"].browse(made.key)
                    week = made.day - timedelta(days=made.day.weekday())
                    entry = sums[scenario, week, episode["user"], step.method]
                    entry[0] += 1
                    entry[1] += self._get_minutes(policy, step.method) / 60
                    if step.method in CONTACTS and number not in firsts[scenario]:
                        firsts[scenario][number] = (made.day, week)
        for key, row in recorded.items():
            if row["planned"] >= first:
                found.add(key)
        self._keep_lines(sums, firsts, episodes, recorded, first)
        same = found & in_force
        self.write({
            "recorded_count": len(found), "same_count": len(same),
            "missed_ids": [fields.Command.set([recorded[key]["id"] for key in found - same])],
            "range_text": self._get_range_text(firsts, episodes, first, last),
        })

    def _keep_lines(self, sums, firsts, episodes, recorded, first):
        contacted = defaultdict(list)
        for scenario, days in firsts.items():
            for number, (day, week) in days.items():
                episode = episodes[number]
                due = min(
                    item.due for item in episode["items"]
                    if item.due < day and get_rest(item, day) > 0.005
                )
                contacted[scenario, week, episode["user"]].append((day - due).days)
        for row in recorded.values():
            if row["planned"] >= first:
                week = row["planned"] - timedelta(days=row["planned"].weekday())
                entry = sums["recorded", week, row["user"], row["method"]]
                entry[0] += 1
                entry[1] += self._get_minutes(row["policy"], row["method"]) / 60
        self.line_ids.unlink()
        noted = set()
        vals_list = []
        for (scenario, week, user, method), (count, hours) in sums.items():
            days = contacted.get((scenario, week, user), ())
            if method not in CONTACTS or (scenario, week, user) in noted:
                days = ()
            elif days:
                noted.add((scenario, week, user))
            vals_list.append({
                "replay_id": self.id, "scenario": scenario, "week": week, "user_id": user.id,
                "method": method, "step_count": count, "hours": hours,
                "case_count": len(days), "first_contact_sum": sum(days),
            })
        self.env["collection.policy.replay.line"].create(vals_list)

    def _get_range_text(self, firsts, episodes, first, last):
        """What earlier contact could have meant at most; no forecast, and it says so."""
        gained = 0.0
        for number, (day, _week) in firsts["other"].items():
            before = firsts["in_force"].get(number)
            if before and before[0] > day:
                gained += (before[0] - day).days * sum(
                    get_rest(item, day) for item in episodes[number]["items"] if item.due < day
                )
        average = gained / max(1, (last - first).days)
        return self.env._(
            "No forecast. Receivables lower by nothing, if customers pay no sooner for being"
            " contacted sooner, and by %(most)s on average, if each had paid as many days sooner"
            " as it was contacted sooner. Which of it is true, a trial tells.",
            most=formatLang(self.env, average, currency_obj=self.company_id.currency_id),
        )

    @api.model
    def _get_minutes(self, policy, method):
        return policy._get_minutes().get(method) or MINUTES.get(method, 0.0)

    @api.model
    def _get_done(self, recorded, case):
        """When steps were done: as recorded, and on their deadline where nothing is on record."""

        def get_done(key, cycle, occurrence, span, day):
            row = recorded.get((case.id, key, cycle, occurrence))
            return row["done"] if row else max(span.deadline, day)

        return get_done

    @api.model
    def _get_plan(self, policy, is_company, working_days):
        """The policy as `replay` asks it, for companies or for individuals."""
        company = policy.company_id
        ladder = self.env["collection.tier"]._get_ladder(company)
        bands = {tier.code: position for position, tier in enumerate(ladder)}
        terms = policy.step_ids._get_terms()
        compare = company.currency_id.compare_amounts
        by_id = {step.id: step for step in policy.step_ids}
        groups, spans = {}, {}

        def get_span(key, due):
            if (key, due) not in spans:
                spans[key, due] = by_id[key]._get_span(due, working_days)
            return spans[key, due]

        def get_steps(due, amount):
            fit = tuple(
                term for term in terms
                if term.fits(amount, is_company, compare)
                and (not term.tier_code or term.tier_code in bands)
            )
            keys = tuple(term.key for term in fit)
            if keys not in groups:
                groups[keys] = set(policy._get_first_steps(policy.step_ids.browse(keys)).ids)
            return [
                Step(
                    term.key, get_span(term.key, due),
                    bands[term.tier_code] if term.tier_code else None,
                    term.kind[0] == "letter", term.after, term.key in groups[keys],
                )
                for term in fit
            ]

        def get_repeat(key, date_done):
            return by_id[key]._get_repeated_span(date_done, working_days)

        return Plan(
            get_steps, get_repeat, tuple(tier.day_from for tier in ladder),
            policy.amount_minimum, policy.letter_gap_days, policy.catch_up_days,
        )

    # What the ledger and the cases say of the past.

    def _get_episodes(self, first, last):
        """Times in which a customer's debts were chased, or would have been.

        Those of the cases, and, before the company's first case, those of the ledger.

        :return: list of dicts ``case user policy is_company items pauses first last``
        """
        company = self.company_id
        cases = self.env["collection.case"].with_context(active_test=False).search([
            ("company_id", "=", company.id), ("date_open", "<=", last),
            "|", ("date_closed", "=", False), ("date_closed", ">=", first),
        ], order="date_open, id")
        items = self._get_items(company, last, cases)
        default = self.env["collection.policy"]._get_default(company)
        episodes = [
            {
                "case": case, "user": case.user_id, "policy": case.policy_id or default,
                "is_company": case.partner_id.is_company,
                "items": items.get(case.partner_id.id, []), "pauses": self._get_pauses(case, items),
                "first": case.date_open, "last": min(case.date_closed or last, last),
            }
            for case in cases if items.get(case.partner_id.id)
        ]
        began = self.env["collection.case"].with_context(active_test=False).search(
            [("company_id", "=", company.id)], order="date_open", limit=1
        ).date_open
        until = min(began - DAY, last) if began else last
        if first <= until:
            partners = self.env["res.partner"].with_company(company).browse(
                partner_id for partner_id in items if partner_id
            )
            for partner in partners:
                for start, end in self._get_times(items[partner.id], first, until):
                    episodes.append({
                        "case": self.env["collection.case"], "user": partner.collector_id,
                        "policy": partner.collection_policy_id or default,
                        "is_company": partner.is_company, "items": items[partner.id],
                        "pauses": (), "first": start, "last": end,
                    })
        return episodes

    @api.model
    def _get_times(self, items, first, last):
        """The times in which something of some items was overdue, as tuples of two days."""
        spans = []
        for item in items:
            rest, end = item.amount, last
            for day, amount in sorted(item.moves):
                rest -= amount
                if rest < 0.005:
                    end = min(day, last)
                    break
            start = max(item.due + DAY, first)
            if start <= end:
                spans.append((start, end))
        times = []
        for start, end in sorted(spans):
            if times and start <= times[-1][1] + DAY:
                times[-1] = (times[-1][0], max(times[-1][1], end))
            else:
                times.append((start, end))
        return times

    @api.model
    def _get_items(self, company, last, cases):
        """By customer, the debts that were due by a day, with what was paid of them when."""
        for name in ("account.move.line", "account.partial.reconcile", "collection.dispute",
                     "collection.plan", "res.partner"):
            self.env[name].flush_model()
        away = self._get_away(company)
        items = defaultdict(list)
        for partner_id, line_id, due, amount, days, amounts in self.env.execute_query(SQL(
            """
            SELECT partner.commercial_partner_id, line.id,
                   COALESCE(line.date_maturity, line.date), line.balance::float,
                   array_agg(part.max_date ORDER BY part.max_date, part.id)
                       FILTER (WHERE part.id IS NOT NULL),
                   array_agg(part.amount::float ORDER BY part.max_date, part.id)
                       FILTER (WHERE part.id IS NOT NULL)
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
               AND %(chased)s AND line.balance > 0
               AND COALESCE(line.date_maturity, line.date) < %(last)s
          GROUP BY partner.commercial_partner_id, line.id
          ORDER BY line.id
            """,
            company=company.id, last=last,
            chased=self.env["account.move.line"]._get_chased_sql("line"),
        )):
            items[partner_id].append(Item(
                due, amount, tuple(zip(days or (), amounts or (), strict=True)),
                tuple(away.get(line_id, ())),
            ))
        return items

    @api.model
    def _get_away(self, company):
        """By item id, the spans in which a dispute of all of it or a plan kept it back."""
        away = defaultdict(list)
        for line_id, start, end in self.env.execute_query(SQL(
            """
            SELECT rel.line_id, dispute.date_open + 1, dispute.date_resolved
              FROM collection_dispute dispute
              JOIN collection_dispute_move_line_rel rel ON rel.dispute_id = dispute.id
             WHERE dispute.company_id = %(company)s
         UNION ALL
            SELECT rel.line_id, plan.date_accepted + 1,
                   CASE WHEN plan.state != 'performing' THEN plan.write_date::date END
              FROM collection_plan plan
              JOIN collection_plan_move_line_rel rel ON rel.plan_id = plan.id
             WHERE plan.company_id = %(company)s AND plan.date_accepted IS NOT NULL
            """, company=company.id,
        )):
            away[line_id].append((start, end))
        return away

    @api.model
    def _get_pauses(self, case, items):
        """The spans in which a promise kept a whole case waiting."""
        paid = sorted(
            day for item in items.get(case.partner_id.id, ()) for day, _amount in item.moves
        )
        spans = []
        for promise in case.promise_ids:
            end = promise._get_last_day()
            if promise.state == "kept":
                end = max(
                    (day for day in paid if promise.date_made <= day <= end), default=end
                )
            elif promise.state in ("superseded", "cancelled"):
                end = min(end, promise.write_date.date())
            if promise.date_made < end:
                spans.append((promise.date_made + DAY, end))
        return spans

    @api.model
    def _get_recorded(self, case_ids):
        """The steps on record that were put on somebody's list, by case, step, cycle and time."""
        steps = self.env["collection.case.step"].search([
            ("case_id", "in", case_ids), ("state", "!=", "skipped"),
        ])
        return {
            (step.case_id.id, step.step_id.id, step.cycle, step.occurrence): {
                "id": step.id, "done": step.date_done or None, "planned": step.date_planned,
                "user": step.case_id.user_id, "method": step.method,
                "policy": step.step_id.policy_id,
            }
            for step in steps
        }
