from collections import defaultdict
from datetime import date, timedelta
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

GRACE_DAYS = 3


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
        promises = query(SQL(
            """
            SELECT DISTINCT ON (case_id) partner_id, COALESCE(amount_company, amount)::float,
                   date_made, date_promised
              FROM collection_promise
             WHERE company_id = %(company)s AND date_made <= %(as_of)s AND state != 'cancelled'
               AND %(known)s
          ORDER BY case_id, date_made DESC, id DESC
            """, company=company.id, as_of=as_of, known=known,
        ))
        kept = query(SQL(
            """
            SELECT partner_id, COUNT(*) FILTER (WHERE state = 'kept'), COUNT(*)
              FROM collection_promise
             WHERE company_id = %(company)s AND state IN ('kept', 'partial', 'broken')
               AND date_promised + %(grace)s < %(as_of)s AND date_made <= %(as_of)s
               AND %(known)s
          GROUP BY partner_id
            """, company=company.id, as_of=as_of, grace=GRACE_DAYS, known=known,
        ))
        plans = query(SQL(
            """
            SELECT plan.id, plan.date_accepted, array_agg(part.date_due ORDER BY part.date_due),
                   array_agg((part.amount * COALESCE(rated.rate, 1))::float
                             ORDER BY part.date_due),
                   (SELECT array_agg(rel.line_id) FROM collection_plan_move_line_rel rel
                     WHERE rel.plan_id = plan.id)
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
        promises = [row for row in promises if row[3] + timedelta(days=GRACE_DAYS) > as_of]
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
        for customer, amount, made, until in agreements["promises"]:
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
                    usual=usual[item[0]], grace=GRACE_DAYS,
                )

    @api.model
    def _add_planned(self, special, ledger, agreements, seen, usual):
        """The items of a plan come as its instalments do, while these are paid."""
        as_of = ledger["as_of"]
        open_ids = {item[0] for item in ledger["items"]}
        for _plan, accepted, days, amounts, line_ids in agreements["plans"]:
            came = sum(
                part for line_id in line_ids or () if line_id in seen
                for day, part in seen[line_id][3] if day >= accepted.toordinal()
            )
            due = sum(
                amount for day, amount in zip(days, amounts, strict=True)
                if day + timedelta(days=2 * GRACE_DAYS) < as_of
            )
            if came < 0.95 * due or days[-1] + timedelta(days=2 * GRACE_DAYS) < as_of:
                continue  # broken or over
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
                        usual[line_id],
                    )

    @staticmethod
    def _get_planned_chance(parts, usual, days, kept=0.8):
        """A planned item's share by so many days; after the last instalment the usual rule."""
        chance = get_planned_chance(days, parts, kept)
        last = max(1, *(until for until, _share in parts))
        if days > last + 2 * GRACE_DAYS:
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
