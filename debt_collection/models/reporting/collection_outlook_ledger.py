from bisect import bisect_right
from collections import defaultdict
from datetime import date
from functools import wraps
from statistics import median

from odoo import api, models
from odoo.tools import SQL

from ...tools.payment_outlook import HALF_LIFE, Counts, Outlook

HISTORY_DAYS = 730
SAMPLE = 4000  # items of the last half year that the band is measured on
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


class CollectionOutlookLedger(models.AbstractModel):
    """What the ledger says on a day: open items, and how such items were paid so far."""

    _name = "collection.outlook.ledger"
    _description = "Ledger as Known on a Day"

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
