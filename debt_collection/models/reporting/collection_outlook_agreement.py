from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ...tools.payment_outlook import (
    HORIZON,
    get_kept_rate,
    get_planned_chance,
    get_promised_chance,
    get_slowed,
    slow,
)
from ...tools.plan_state import judge_plan
from ...tools.working_days import deadline


class CollectionOutlookAgreement(models.AbstractModel):
    """Promises, plans, disputes and legal actions have their own rule."""

    _name = "collection.outlook.agreement"
    _description = "Rules of Promised, Planned, Disputed and Legal Items"

    @api.model
    def _read_agreements(self, company, as_of):
        """What was agreed, contested and taken to law by the end of a day.

        Since the company works with cases, a promise or dispute that was entered later than
        its own date counts from the day on which it was entered. What lies before that was
        taken over from elsewhere, and counts from its own date.
        """
        query = self.env.execute_query
        known = self._get_known_sql(company, as_of)
        # As promises are judged, by the case's policy, else the company's, whoever may read it.
        default_sudo = company.sudo().collection_policy_id
        policy = SQL(
            """JOIN collection_case agreed ON agreed.id = promise.case_id
          LEFT JOIN collection_policy policy ON policy.id = COALESCE(agreed.policy_id, %s)""",
            default_sudo.id or None,
        )
        grace = SQL("COALESCE(policy.promise_grace_days, 0)")
        known_promise = SQL("(SELECT %s FROM (SELECT promise.create_date) entered)", known)
        promises = query(SQL(
            """
            SELECT DISTINCT ON (promise.case_id) promise.partner_id,
                   COALESCE(promise.amount_company, promise.amount)::float,
                   promise.date_made, promise.date_promised, %(grace)s
              FROM collection_promise promise %(policy)s
             WHERE promise.company_id = %(company)s AND promise.date_made <= %(as_of)s
               AND promise.state != 'cancelled' AND %(known)s
          ORDER BY promise.case_id, promise.date_made DESC, promise.id DESC
            """, company=company.id, as_of=as_of, grace=grace, policy=policy, known=known_promise,
        ))
        kept = query(SQL(
            """
            SELECT promise.partner_id, COUNT(*) FILTER (WHERE promise.state = 'kept'), COUNT(*)
              FROM collection_promise promise %(policy)s
             WHERE promise.company_id = %(company)s
               AND promise.state IN ('kept', 'partial', 'broken')
               AND promise.date_promised + %(grace)s < %(as_of)s
               AND promise.date_made <= %(as_of)s AND %(known)s
          GROUP BY promise.partner_id
            """, company=company.id, as_of=as_of, grace=grace, policy=policy, known=known_promise,
        ))
        plans = query(SQL(
            """
            SELECT plan.id, plan.date_accepted, array_agg(part.date_due ORDER BY part.date_due),
                   array_agg((part.amount * COALESCE(rated.rate, 1))::float
                             ORDER BY part.date_due),
                   (SELECT array_agg(rel.line_id) FROM collection_plan_move_line_rel rel
                     WHERE rel.plan_id = plan.id), plan.grace_days, plan.tolerance::float
              FROM collection_plan plan
              JOIN collection_plan_line part ON part.plan_id = plan.id
              -- Items are in company currency: at the rate that those of the plan were booked at.
         LEFT JOIN LATERAL (
                   SELECT SUM(line.balance) / NULLIF(SUM(line.amount_currency), 0) AS rate
                     FROM collection_plan_move_line_rel rel
                     JOIN account_move_line line ON line.id = rel.line_id
                      AND line.currency_id = plan.currency_id
                      AND line.currency_id != line.company_currency_id
                    WHERE rel.plan_id = plan.id) rated ON TRUE
             WHERE plan.company_id = %(company)s AND plan.date_accepted <= %(as_of)s
               AND plan.state != 'cancelled'
          GROUP BY plan.id ORDER BY plan.id
            """, company=company.id, as_of=as_of,
        ))
        plans = self._add_last_days(company, plans)
        slowed = query(SQL(
            """
            SELECT 'disputed', rel.line_id, dispute.date_open, dispute.date_resolved
              FROM collection_dispute dispute
              JOIN collection_dispute_move_line_rel rel ON rel.dispute_id = dispute.id
             WHERE dispute.company_id = %(company)s AND dispute.date_open <= %(as_of)s
               AND (SELECT %(known)s FROM (SELECT dispute.create_date) entered)
         UNION ALL
            SELECT 'legal', rel.line_id, action.date_approved::date, action.date_closed
              FROM collection_legal_action action
              JOIN collection_legal_action_item_rel rel ON rel.action_id = action.id
             WHERE action.company_id = %(company)s AND action.date_approved::date <= %(as_of)s
            """, company=company.id, as_of=as_of, known=known,
        ))
        promises = [row for row in promises if row[3] + timedelta(days=row[4]) > as_of]
        return {
            "promises": promises,
            "kept": {partner: (count, judged) for partner, count, judged in kept},
            "plans": plans,
            "slowed": slowed,
            "customers": {row[0] for row in promises},
            "watched": {row[1] for row in slowed} | {
                line_id for plan in plans for line_id in plan[4] or ()
            },
        }

    @api.model
    def _add_last_days(self, company, plans):
        """The same plans, their grace replaced by the last days to pay that it leads to.

        :param plans: tuples of which the last but one is the grace in working days
        """
        if not plans:
            return []
        working_days = company._get_collection_working_days(
            min(plan[2][0] for plan in plans),
            max(plan[2][-1] + timedelta(days=3 * plan[-2] + 60) for plan in plans),
        )
        return [
            (
                *terms,
                [deadline(day, grace, "working", working_days) if grace else day
                 for day in terms[2]],
                tolerance,
            )
            for *terms, grace, tolerance in plans
        ]

    @api.model
    def _get_known_sql(self, company, as_of):
        """Whether what was entered at ``create_date`` was known at the end of a day."""
        [(began,)] = self.env.execute_query(SQL(
            "SELECT MIN(create_date) FROM collection_case WHERE company_id = %s", company.id
        ))
        if not began or company._get_collection_date(began) > as_of:
            return SQL("TRUE")
        return SQL(
            "(create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date <= %s",
            company._get_collection_tz(), as_of,
        )

    @api.model
    def _get_special(self, ledger, agreements, seen, received):
        """Functions of days by item: the chance that it is paid within so many days."""
        special = {}
        usual = {
            item[0]: partial(ledger["outlook"].get_chance, item[1], item[2])
            for item in ledger["items"]
            if item[0] in agreements["watched"] or item[1] in agreements["customers"]
        }
        self._add_promised(special, ledger, agreements, received, usual)
        self._add_planned(special, ledger, agreements, seen, usual)
        self._add_slowed(special, ledger, agreements, seen, usual)
        return special

    @api.model
    def _add_promised(self, special, ledger, agreements, received, usual):
        """A promise takes the customer's oldest items, as far as its money has not come yet."""
        as_of = ledger["as_of"]
        whole = [sum(values) for values in zip(*agreements["kept"].values(), strict=True)]
        company_rate = get_kept_rate(*(whole or (0, 0)))
        by_customer = defaultdict(list)
        for item in ledger["items"]:
            if item[1] in agreements["customers"]:
                by_customer[item[1]].append(item)
        for customer, amount, made, until, grace in agreements["promises"]:
            rate = get_kept_rate(*agreements["kept"].get(customer, (0, 0)), rate=company_rate)
            rest = amount - sum(
                part for day, part in received[customer] if day >= made.toordinal()
            )
            for item in sorted(by_customer[customer], key=lambda item: (item[2], item[0])):
                # What is promised in part stays with the usual rule for the rest.
                if rest < item[3] / 2:
                    break
                rest -= item[3]
                special[item[0]] = partial(
                    get_promised_chance, until=(until - as_of).days, kept=rate,
                    usual=usual[item[0]], grace=grace,
                )

    @api.model
    def _add_planned(self, special, ledger, agreements, seen, usual):
        """The items of a plan come as its instalments do, while these are paid."""
        as_of = ledger["as_of"]
        open_ids = {item[0] for item in ledger["items"]}
        for _plan, accepted, days, amounts, line_ids, last_days, tolerance in agreements["plans"]:
            came = sum(
                part for line_id in line_ids or () if line_id in seen
                for day, part in seen[line_id][3] if day >= accepted.toordinal()
            )
            state = judge_plan(
                [(last, Decimal(str(amount)))
                 for last, amount in zip(last_days, amounts, strict=True)],
                Decimal(str(round(came, 2))), as_of, Decimal(str(tolerance)),
            )
            if state == "broken" or last_days[-1] < as_of:
                continue  # broken or over
            grace = (last_days[-1] - days[-1]).days
            parts = []
            for day, amount in zip(days, amounts, strict=True):
                paid = min(came, amount)
                came -= paid
                if amount > paid:
                    parts.append(((day - as_of).days, amount - paid))
            whole = sum(amount for _days, amount in parts)
            for line_id in line_ids or ():
                if whole and line_id in open_ids:
                    special[line_id] = partial(
                        self._get_planned_chance,
                        [(number, amount / whole) for number, amount in parts],
                        usual[line_id], grace,
                    )

    @staticmethod
    def _get_planned_chance(parts, usual, grace, days, kept=0.8):
        """A planned item's share by so many days; once the grace is over the usual rule.

        :param grace: calendar days after the last instalment that still count
        """
        chance = get_planned_chance(days, parts, kept)
        last = max(1, *(until for until, _share in parts))
        if days > last + grace:
            before = usual(last)
            chance += (1 - kept) * (usual(days) - before) / max(1e-9, 1 - before)
        return min(1.0, chance)

    @api.model
    def _add_slowed(self, special, ledger, agreements, seen, usual):
        """Disputed items and those in legal: how much slower, by the company's own record."""
        as_of, outlook = ledger["as_of"], ledger["outlook"]
        record = defaultdict(lambda: [0.0, 0.0])
        now = []
        for kind, line_id, begun, ended in agreements["slowed"]:
            if line_id not in seen:
                continue
            customer, due, amount, moves = seen[line_id]
            end = min(ended or as_of, as_of)
            if end > begun:
                entry = record[kind]
                entry[0] += min(1.0, sum(
                    part for day, part in moves if begun.toordinal() < day <= end.toordinal()
                ) / amount)
                entry[1] += outlook.get_chance(
                    customer, date.fromordinal(due), (end - begun).days, begun
                )
            if (not ended or ended > as_of) and line_id in usual:
                now.append((kind, line_id))
        # Legal after disputed: an item that is both follows the slower rule.
        for kind, line_id in sorted(now):
            factor = get_slowed(kind, *record[kind])
            special[line_id] = partial(self._get_slow_chance, usual[line_id], factor)

    @staticmethod
    def _get_slow_chance(usual, factor, days):
        return slow(usual(min(days, HORIZON)), factor)
