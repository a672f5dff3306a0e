from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial, wraps
from math import sqrt
from statistics import median

from odoo import api, models
from odoo.tools import SQL

from ...tools.payment_outlook import (
    HALF_LIFE,
    HORIZON,
    PROBABILITY_DAYS,
    Counts,
    Outlook,
    get_band,
    get_day_of,
    get_kept_rate,
    get_planned_chance,
    get_promised_chance,
    get_slowed,
    slow,
)
from ...tools.plan_state import judge_plan
from ...tools.working_days import deadline

HISTORY_DAYS = 730
SAMPLE = 6000  # items of the last half year that the band is measured on
PAYMENT_DAYS = 40  # payments of a customer that show on which days it pays
READ_FIRST = (
    "account.move.line", "account.move", "account.partial.reconcile", "account.account",
    "account.journal", "account.payment", "res.partner", "collection.promise", "collection.plan",
    "collection.plan.line", "collection.dispute", "collection.legal.action",
)


def joined_by_hash(read):
    """Let a method read the ledger by joins whose plan does not rest on statistics.

    Where PostgreSQL has not counted the tables lately, it takes them for small ones and goes
    through all entries for each payment.
    """

    @wraps(read)
    def read_by_hash(self, *args, **kwargs):
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        result = read(self, *args, **kwargs)
        self.env.cr.execute("SET LOCAL enable_nestloop = on")
        return result

    return read_by_hash


class CollectionCashForecast(models.Model):
    """When each open item will be paid, by what was known on a day, and how well that held."""

    _inherit = "collection.cash.forecast"

    # The outlook of items, and of weeks

    @api.model
    def _get_payment_outlook(self, as_of, companies=None):
        """When each item that is open on a day will be paid. Nothing is written.

        Only what was known at the end of ``as_of`` counts: items issued, payments dated,
        promises made, plans accepted, disputes opened and legal actions approved by then.

        :return: list of dicts ``line_id date_expected date_early date_late probability``: the
            days by which it is paid with 50, 10 and 90 %, two years ahead at the latest, and
            the chance that it is paid within 7, 14, 30, 60 and 90 days
        """
        rows = []
        for company in companies or self.env.companies:
            ledger = self._read_ledger(company, as_of)
            for item in ledger["items"]:
                days, probability = self._get_item_outlook(ledger, item)
                early, expected, late = (as_of + timedelta(days=number) for number in days)
                rows.append({
                    "line_id": item[0],
                    "date_expected": expected,
                    "date_early": early,
                    "date_late": late,
                    "probability": probability,
                })
        return rows

    @api.model
    def _get_cash_outlook(self, as_of, weeks=8, companies=None):
        """The cash of the next weeks from items open on a day, in company currency.

        The first week begins the day after ``as_of``. Nothing is written. Several companies
        are summed in the currency of the first.

        :return: list of dicts ``date_from date_to expected low high``; four weeks out of five
            lie between low and high
        """
        companies = companies or self.env.companies
        currency = companies[:1].currency_id
        expected, variance = [0.0] * weeks, [0.0] * weeks
        for company in companies:
            rate = company.currency_id._get_conversion_rate(
                company.currency_id, currency, company, as_of
            )
            ledger = self._read_ledger(company, as_of)
            for week, (amount, spread) in enumerate(self._get_weeks(ledger, weeks)):
                expected[week] += amount * rate
                variance[week] += (spread * rate) ** 2
        rows = []
        for week in range(weeks):
            low, high = get_band(expected[week], sqrt(variance[week]))
            rows.append({
                "date_from": as_of + timedelta(days=7 * week + 1),
                "date_to": as_of + timedelta(days=7 * week + 7),
                "expected": currency.round(expected[week]),
                "low": currency.round(low),
                "high": currency.round(high),
            })
        return rows

    @api.model
    def _get_item_outlook(self, ledger, item):
        """Days until 10, 50 and 90 %, and the chances, of one open item."""
        line_id, customer, due = item[:3]
        outlook = ledger["outlook"]
        special = ledger["special"].get(line_id)
        if special is None:
            return outlook.get_days(customer, due), outlook.get_probabilities(customer, due)
        return (
            [get_day_of(special, share) for share in (0.1, 0.5, 0.9)],
            {days: special(days) for days in PROBABILITY_DAYS},
        )

    @api.model
    def _get_item_chance(self, ledger, item):
        """The chance of an open item as a function of days."""
        return ledger["special"].get(item[0]) or partial(
            ledger["outlook"].get_chance, item[1], item[2]
        )

    @api.model
    def _get_weeks(self, ledger, weeks):
        """The expected cash of each week and its standard deviation."""
        outlook = ledger["outlook"]
        expected = [0.0] * weeks
        customers = [defaultdict(lambda: [0.0, 0.0]) for _week in range(weeks)]
        for item in ledger["items"]:
            customer, residual = item[1], item[3]
            chance = self._get_item_chance(ledger, item)
            before = 0.0
            for week in range(weeks):
                after = chance(7 * week + 7)
                step = max(0.0, after - before)
                before = after
                if step > 1e-6:
                    expected[week] += residual * step
                    spread = residual * sqrt(step * max(0.0, 1 - step))
                    entry = customers[week][customer]
                    entry[0] += spread * spread
                    entry[1] += spread
        return [
            (expected[week], outlook.width * outlook.get_spread(customers[week].values()))
            for week in range(weeks)
        ]

    # What was known on the day

    @api.model
    @joined_by_hash
    def _read_ledger(self, company, as_of):
        """The open items of a company on a day and what its payments up to then say.

        :return: dict of ``items``: tuples ``line_id customer due residual``; ``outlook``; and
            ``special``: functions of days for items that a promise, a plan, a dispute or a
            legal action has its own rule for
        """
        for name in READ_FIRST:
            self.env[name].flush_model()
        agreements = self._read_agreements(company, as_of)
        watched = agreements["watched"]
        day = as_of.toordinal()
        share = self._get_sample_share(company, as_of)
        items, sample, seen = [], [], {}
        histories = defaultdict(Counts)
        payments = defaultdict(list)
        amounts, terms = defaultdict(list), defaultdict(list)
        received = defaultdict(list)
        for rows in self._read_items(company, as_of):
            for (
                line_id, customer, issued, due, amount, residual, days, paid, left, credited
            ) in rows:
                weight = min(1.0, 0.5 ** ((day - due) / HALF_LIFE))
                counts = histories[customer]
                counts.add(min(issued, due) - due, entered=weight)
                for number, part in zip(days or (), paid or (), strict=True):
                    counts.add(number - due, paid=weight * min(1.0, part / amount))
                if credited:
                    counts.add(left - due, left=weight * min(1.0, credited / amount))
                if residual > 0:
                    counts.add(day - due, left=weight * residual / amount)
                    items.append((line_id, customer, date.fromordinal(due), residual))
                last = days[-1] if days else 0
                if last > day - 365 and len(payments[customer]) < 4 * PAYMENT_DAYS:
                    payments[customer].append((last, due))
                if len(terms[customer]) < 20:
                    terms[customer].append(due - issued)
                    amounts[customer].append(amount)
                if customer in agreements["customers"] or line_id in watched:
                    moves = list(zip(days or (), paid or (), strict=True))
                    received[customer].extend(moves)
                    seen[line_id] = (customer, due, amount, moves)
                if (
                    (residual > 0 or last > day - 200 or (left or 0) > day - 200)
                    and (customer or 0) * 2654435761 % 4294967296 < share * 4294967296
                ):
                    sample.append((
                        customer, date.fromordinal(issued), date.fromordinal(due), amount,
                        [(date.fromordinal(number), part)
                         for number, part in zip(days or (), paid or (), strict=True)],
                        date.fromordinal(left) if credited and not residual and left > last
                        else None,
                    ))
        outlook = Outlook(
            as_of,
            histories,
            self._get_likes(company, histories, amounts, terms),
            {
                customer: [
                    (date.fromordinal(due), date.fromordinal(number))
                    for number, due in sorted(pairs)[-PAYMENT_DAYS:]
                ]
                for customer, pairs in payments.items()
            },
        )
        # Customers are taken whole, and the same ones every night.
        sample.sort(key=lambda row: (row[0] or 0) * 2654435761 % 4294967296)
        outlook.learn(sample[:SAMPLE])
        ledger = {"items": items, "outlook": outlook, "as_of": as_of}
        ledger["special"] = self._get_special(ledger, agreements, seen, received)
        return ledger

    @api.model
    def _get_sample_share(self, company, as_of):
        """Which share of the customers the band is measured on."""
        [(count,)] = self.env.execute_query(SQL(
            """SELECT COUNT(*) FROM account_partial_reconcile
                WHERE company_id = %s AND max_date > %s::date - 200 AND max_date <= %s""",
            company.id, as_of, as_of,
        ))
        return min(1.0, SAMPLE / (count + 1))

    @api.model
    def _get_cash_events_sql(self, company, date_from, date_to):
        """``item_id day amount is_cash`` of each settlement within two days, the first not.

        What is cash ``collection.cash`` says; amounts are at the rate the item was booked at.
        """
        cash = self.env["collection.cash"]
        settled = SQL(
            "SELECT * FROM (%(settled)s) part WHERE part.date <= %(date_to)s %(since)s",
            settled=cash._get_settled_sql(cash._get_items_sql(SQL(
                """line.company_id = %s AND line.parent_state = 'posted' AND line.balance > 0
                   AND line.account_id IN (SELECT id FROM account_account
                                            WHERE account_type = 'asset_receivable')""",
                company.id,
            ))),
            date_to=date_to,
            since=SQL("AND part.date > %s", date_from) if date_from else SQL(),
        )
        return SQL(
            "SELECT item_id, date AS day, amount, kind = 'cash' AS is_cash FROM (%s) event",
            cash._get_split_sql(settled),
        )

    @api.model
    def _read_items(self, company, as_of, size=5000):
        """Items open on a day or paid in the two years before it, in slices.

        Dates are ordinals: a ledger of many years has too many rows for objects.
        """
        self.env.cr.execute(SQL(
            """
            WITH event AS MATERIALIZED (
                SELECT item_id, SUM(amount) AS settled, MAX(day) AS last,
                       array_agg(day - DATE '0001-01-01' + 1 ORDER BY day)
                           FILTER (WHERE is_cash) AS days,
                       array_agg(amount::float ORDER BY day) FILTER (WHERE is_cash) AS paid,
                       MAX(day) FILTER (WHERE NOT is_cash) - DATE '0001-01-01' + 1 AS left_on,
                       SUM(amount) FILTER (WHERE NOT is_cash)::float AS credited
                  FROM (%(events)s) part
              GROUP BY item_id)
            SELECT item.id, partner.commercial_partner_id, item.issued - DATE '0001-01-01' + 1,
                   item.due - DATE '0001-01-01' + 1, item.balance::float,
                   ROUND(item.balance - COALESCE(event.settled, 0), %(digits)s)::float,
                   event.days, event.paid, event.left_on, event.credited
              FROM (SELECT line.id, line.partner_id, line.balance,
                           COALESCE(line.invoice_date, line.date) AS issued,
                           COALESCE(line.date_maturity, line.date) AS due
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                       AND account.account_type = 'asset_receivable'
                     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                       AND %(chased)s AND line.balance > 0
                       AND COALESCE(line.invoice_date, line.date) <= %(as_of)s) item
         LEFT JOIN event ON event.item_id = item.id
         LEFT JOIN res_partner partner ON partner.id = item.partner_id
             WHERE event.last > %(as_of)s::date - %(history)s
                OR item.balance - COALESCE(event.settled, 0) > %(least)s
          ORDER BY item.id
            """,
            events=self._get_cash_events_sql(company, None, as_of),
            chased=self.env["account.move.line"]._get_chased_sql("line"),
            digits=company.currency_id.decimal_places, company=company.id, as_of=as_of,
            history=HISTORY_DAYS, least=company.currency_id.rounding / 2,
        ))
        # Whatever is queried meanwhile takes another cursor's place, so nothing is.
        while rows := self.env.cr.fetchmany(size):
            yield rows

    @api.model
    def _get_likes(self, company, histories, amounts, terms):
        """What makes customers alike: terms, size, country, tag, and how invoices reach them."""
        ids = [customer for customer in histories if customer]
        facts = {
            row[0]: row[1:] for row in self.env.execute_query(SQL(
                """
                SELECT partner.id, partner.country_id, MIN(tag.category_id),
                       partner.invoice_sending_method->>%s
                  FROM res_partner partner
             LEFT JOIN res_partner_res_partner_category_rel tag ON tag.partner_id = partner.id
                 WHERE partner.id = ANY(%s)
              GROUP BY partner.id
                """,
                str(company.id), ids,
            ))
        }
        sizes = {customer: median(values) for customer, values in amounts.items()}
        bounds = sorted(sizes.values())
        bounds = [bounds[len(bounds) * part // 4] for part in (1, 2, 3)] if bounds else []
        return {
            customer: (
                round(median(terms[customer]) / 15),
                bisect_right(bounds, sizes[customer]),
                *facts.get(customer, (None, None, None)),
            )
            for customer in histories
        }

    # Promises, plans, disputes and legal actions have their own rule

    @api.model
    def _read_agreements(self, company, as_of):
        """What was agreed, contested and taken to law by the end of a day."""
        query = self.env.execute_query
        # As promises are judged, by the case's policy, else the company's, whoever may read it.
        default_sudo = company.sudo().collection_policy_id
        policy = SQL(
            """JOIN collection_case agreed ON agreed.id = promise.case_id
          LEFT JOIN collection_policy policy ON policy.id = COALESCE(agreed.policy_id, %s)""",
            default_sudo.id or None,
        )
        grace = SQL("COALESCE(policy.promise_grace_days, 0)")
        promises = query(SQL(
            """
            SELECT DISTINCT ON (promise.case_id) promise.partner_id,
                   COALESCE(promise.amount_company, promise.amount)::float,
                   promise.date_made, promise.date_promised, %(grace)s
              FROM collection_promise promise %(policy)s
             WHERE promise.company_id = %(company)s AND promise.date_made <= %(as_of)s
               AND promise.state != 'cancelled'
          ORDER BY promise.case_id, promise.date_made DESC, promise.id DESC
            """, company=company.id, as_of=as_of, grace=grace, policy=policy,
        ))
        kept = query(SQL(
            """
            SELECT promise.partner_id, COUNT(*) FILTER (WHERE promise.state = 'kept'), COUNT(*)
              FROM collection_promise promise %(policy)s
             WHERE promise.company_id = %(company)s
               AND promise.state IN ('kept', 'partial', 'broken')
               AND promise.date_promised + %(grace)s < %(as_of)s
               AND promise.date_made <= %(as_of)s
          GROUP BY promise.partner_id
            """, company=company.id, as_of=as_of, grace=grace, policy=policy,
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
         UNION ALL
            SELECT 'legal', rel.line_id, action.date_approved::date, action.date_closed
              FROM collection_legal_action action
              JOIN collection_legal_action_item_rel rel ON rel.action_id = action.id
             WHERE action.company_id = %(company)s AND action.date_approved::date <= %(as_of)s
            """, company=company.id, as_of=as_of,
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

    # The outlook marked on the company's own past

    @api.model
    def _backtest(self, date_from, date_to, step_days=14, weeks=4, companies=None):
        """What the outlook would have said on past days, beside what came. Nothing is written.

        Each day sees only what was known on it. "due_date" expects each item on its due date,
        "usual_delay" that many days after it which the customer took in the year before;
        both expect today what is late already.

        :return: dict of ``error_week error_total`` of the outlook, ``due_date`` and
            ``usual_delay`` each (absolute error over cash, by week and over all ``weeks``),
            ``inside`` (share of weeks within the band), ``brier`` by days and rule,
            ``calibration`` (tuples ``said came count`` by tenths, within 30 days),
            ``is_better`` (than the usual delay, week by week), ``weeks`` (a dict a week)
        """
        marks = _Marks(weeks)
        for company in companies or self.env.companies:
            came = self._read_came(company, date_from, date_to + timedelta(days=7 * weeks + 90))
            day = date_from
            while day <= date_to:
                self._mark(marks, company, day, weeks, came)
                day += timedelta(days=step_days)
        return marks.get_result()

    @api.model
    @joined_by_hash
    def _read_came(self, company, date_from, date_to):
        """The cash of each item between two days, the first not: ``[(ordinal, amount)]``."""
        for name in READ_FIRST:
            self.env[name].flush_model()
        came = defaultdict(list)
        for line_id, day, amount in self.env.execute_query(SQL(
            """SELECT item_id, day - DATE '0001-01-01' + 1, amount::float
                 FROM (%s) event WHERE is_cash""",
            self._get_cash_events_sql(company, date_from, date_to),
        )):
            came[line_id].append((day, amount))
        return came

    @api.model
    def _mark(self, marks, company, as_of, weeks, came):
        ledger = self._read_ledger(company, as_of)
        usual = self._get_usual_delays(company, as_of)
        rows = self._get_weeks(ledger, weeks)
        actual, by_rule = [0.0] * weeks, {name: [0.0] * weeks for name in RULES}
        today = as_of.toordinal()
        for item in ledger["items"]:
            line_id, customer, due, residual = item
            paid = [(day - today, part) for day, part in came.get(line_id, ()) if day > today]
            for days, part in paid:
                if days <= 7 * weeks:
                    actual[(days - 1) // 7] += part
            chance = self._get_item_chance(ledger, item)
            delay = usual.get(customer, usual[None])
            guesses = {
                "due_date": max(1, (due - as_of).days),
                "usual_delay": max(1, (due - as_of).days + delay),
            }
            for name, days in guesses.items():
                if days <= 7 * weeks:
                    by_rule[name][(days - 1) // 7] += residual
            for days in (14, 30):
                share = min(1.0, sum(part for number, part in paid if number <= days) / residual)
                marks.add_item(days, chance(days), guesses, share)
        marks.add_weeks(company, as_of, rows, actual, by_rule)

    @api.model
    @joined_by_hash
    def _get_usual_delays(self, company, as_of):
        """Days late of the year before a day, weighted by amount, by customer; None: of all."""
        sums = {None: [0.0, 0.0]}
        for customer, amount, days in self.env.execute_query(SQL(
            """
            SELECT partner.commercial_partner_id, SUM(event.amount)::float,
                   SUM(event.amount * (event.day - COALESCE(line.date_maturity, line.date)))::float
              FROM (%s) event
              JOIN account_move_line line ON line.id = event.item_id
               AND line.parent_state = 'posted'
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE event.is_cash GROUP BY partner.commercial_partner_id
            """,
            self._get_cash_events_sql(company, as_of - timedelta(days=365), as_of),
        )):
            sums.setdefault(customer, [0.0, 0.0])
            for key in {customer, None}:
                sums[key][0] += amount
                sums[key][1] += days
        return {key: round(days / amount) if amount else 0 for key, (amount, days) in sums.items()}


RULES = ("due_date", "usual_delay")


class _Marks:
    """Sums of a back-test: errors, weeks within the band, and how often what was said came."""

    def __init__(self, weeks):
        self.weeks = weeks
        self.cash = 0.0
        self.errors = {name: [0.0, 0.0] for name in ("outlook", *RULES)}
        self.squares = {days: dict.fromkeys(("outlook", *RULES), 0.0) for days in (14, 30)}
        self.items = 0
        self.tenths = defaultdict(lambda: [0.0, 0.0, 0])
        self.rows = []

    def add_item(self, days, chance, guesses, share):
        squares = self.squares[days]
        squares["outlook"] += (chance - share) ** 2
        for name, guess in guesses.items():
            squares[name] += ((guess <= days) - share) ** 2
        if days == 30:
            self.items += 1
            tenth = self.tenths[min(9, int(chance * 10))]
            tenth[0] += chance
            tenth[1] += share
            tenth[2] += 1

    def add_weeks(self, company, as_of, rows, actual, by_rule):
        by_rule = {"outlook": [expected for expected, _spread in rows], **by_rule}
        self.cash += sum(actual)
        for name, amounts in by_rule.items():
            self.errors[name][0] += sum(
                abs(amount - came) for amount, came in zip(amounts, actual, strict=True)
            )
            self.errors[name][1] += abs(sum(amounts) - sum(actual))
        for week, (expected, spread) in enumerate(rows):
            low, high = get_band(expected, spread)
            self.rows.append({
                "company_id": company.id,
                "as_of": as_of,
                "week": week + 1,
                "date_from": as_of + timedelta(days=7 * week + 1),
                "date_to": as_of + timedelta(days=7 * week + 7),
                "expected": expected,
                "low": low,
                "high": high,
                "came": actual[week],
                "is_inside": low <= actual[week] <= high,
                **{name: by_rule[name][week] for name in RULES},
            })

    def get_result(self):
        cash, items = self.cash or 1.0, self.items or 1
        result = {
            name: {"error_week": week / cash, "error_total": total / cash}
            for name, (week, total) in self.errors.items()
        }
        result.update(result.pop("outlook"))
        result["inside"] = (
            sum(row["is_inside"] for row in self.rows) / len(self.rows) if self.rows else 0.0
        )
        result["brier"] = {
            days: {name: total / items for name, total in squares.items()}
            for days, squares in self.squares.items()
        }
        result["calibration"] = [
            (said / count, came / count, count)
            for _tenth, (said, came, count) in sorted(self.tenths.items())
        ]
        result["is_better"] = result["error_week"] < result["usual_delay"]["error_week"]
        result["weeks"] = self.rows
        return result


