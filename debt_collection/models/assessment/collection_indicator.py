from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools import indicators

INDICATORS = [
    ("recovery", "Recovery Rate"),
    ("bad_debt", "Bad-debt Rate"),
    ("timeliness", "Timeliness Rate"),
    ("satisfaction", "Customer Satisfaction"),
]
"""What a collector is graded by: each may have a target."""
LOWER_IS_BETTER = {"bad_debt"}
DEFAULT_WEIGHTS = {"recovery": 40, "bad_debt": 20, "timeliness": 20, "satisfaction": 20}
USUAL = {"recovery": 50, "bad_debt": 5, "timeliness": 90, "satisfaction": 80}
"""Per cent, where a company has no figures of its own yet."""
FIGURES = [
    ("correction_recovery", "Correction of Earlier Months: Cash"),
    ("correction_bad_debt", "Correction of Earlier Months: Written Off"),
    ("correction_promise_count", "Correction of Earlier Months: Promises Kept"),
    ("correction_promise_value", "Correction of Earlier Months: Promises Kept, by Value"),
    ("recovery_opening", "Recovery of What Was Overdue Before"),
    ("recovery_net", "Recovery Rate without Credit Notes"),
    ("cash_per_hour", "Cash per Hour Logged"),
    ("credit_note", "Credit Notes on Overdue Items"),
    ("offset", "Set Off Against Other Balances"),
    ("written_off_recovered", "Recovered of Earlier Write-offs"),
    ("promise_count", "Promises Kept"),
    ("promise_value", "Promises Kept, by Value"),
    ("right_party", "Right-party Contacts"),
    ("recorded_late", "Contacts Recorded Later Than the Next Day"),
    ("effectiveness", "Collection Effectiveness Index"),
    ("effectiveness_cash", "Collection Effectiveness Index, Cash"),
    ("sales_days", "Days' Sales Outstanding"),
    ("sales_days_best", "Best Possible Days' Sales Outstanding"),
    ("sales_days_countback", "Days' Sales Outstanding, Counted Back"),
    ("days_delinquent", "Average Days Delinquent"),
    ("roll", "Roll Rate"),
]
"""Figures that stand beside the indicators, without a target."""
RATES = (
    "recovery_opening", "recovery_net", "promise_count", "promise_value", "right_party",
    "recorded_late",
)
"""Figures in per cent, of the rows of their kind."""
AMOUNTS = {
    "correction_recovery", "correction_bad_debt", "correction_promise_count",
    "correction_promise_value", "credit_note", "offset", "written_off_recovered",
}
"""Figures that are sums of money."""
SAME_ROWS = {
    "recovery": ("recovery", "correction_recovery"),
    "recovery_opening": ("recovery", "correction_recovery"),
    "recovery_net": ("recovery", "correction_recovery", "credit_note"),
    "promise_count": ("promise_count", "correction_promise_count"),
    "promise_value": ("promise_value", "correction_promise_value"),
}
"""Kinds whose rows are those of others."""


class CollectionIndicator(models.AbstractModel):
    """What the figures of a month are counted from: money, work, and the whole ledger (P5.1).

    An indicator more is a name in ``INDICATORS`` with its weight and usual target, and rows of
    that kind in ``_get_work_sql`` or ``_get_money_sql``: those with the role ``numerator`` are
    held against those with the role ``denominator``.
    """

    _name = "collection.indicator"
    _description = "Indicator of a Collector's Month"

    # The money of a month by who owned the customer's case, in one statement (P5.1).

    @api.model
    def _get_money_sql(self, company, first, stop, settled_only=False):
        """Rows of what was overdue and what settled it in a month.

        Columns ``user_id kind role model res_id item_id partner_id name date amount tier_code
        is_opening``; without a user for the team. ``is_opening``: of what was overdue when the
        month began, and held since. Kinds: ``recovery`` (numerator: cash, denominator: what was
        overdue), ``bad_debt``, ``credit_note``, ``offset``.

        :param date first: first day of the month
        :param date stop: first day that does not count any more
        :param settled_only: look only at items that something settled in the month, where what
            was overdue is not asked for
        """
        cash = self.env["collection.cash"]
        return SQL(
            """
            WITH ladder (company_id, tier_id, code, day_from, day_to) AS (%(ladder)s),
            item AS MATERIALIZED (%(items)s),
            settled AS MATERIALIZED (
                SELECT * FROM (%(settled)s) settlement WHERE settlement.date < %(stop)s),
            owner AS (%(owners)s),
            held AS MATERIALIZED (
                SELECT owner.user_id, item.id AS item_id, owner.date_to AS stop,
                       GREATEST(item.date_overdue, owner.date_from) AS start
                  FROM item
                  JOIN owner ON owner.partner_id = item.partner_id
                   AND item.date_overdue < owner.date_to
                 UNION ALL
                SELECT NULL, item.id, %(stop)s, GREATEST(item.date_overdue, %(first)s)
                  FROM item
            ),
            base AS (
                SELECT DISTINCT ON (held.user_id, held.item_id) held.user_id, held.item_id,
                       held.start,
                       ROUND((item.amount_currency - COALESCE(SUM(settled.amount_currency), 0))
                             * item.balance / item.amount_currency, %(digits)s) AS amount
                  FROM held
                  JOIN item ON item.id = held.item_id
             LEFT JOIN settled ON settled.item_id = held.item_id AND settled.date < held.start
              GROUP BY held.user_id, held.item_id, held.start, item.amount_currency, item.balance
                HAVING item.amount_currency > COALESCE(SUM(settled.amount_currency), 0)
              ORDER BY held.user_id, held.item_id, held.start
            ),
            share AS MATERIALIZED (%(shares)s),
            part AS (
                SELECT held.user_id, kind.name AS kind, share.item_id, share.line_id,
                       share.name, share.date, share.amount
                  FROM held
                  JOIN share ON share.item_id = held.item_id
                   AND share.date >= held.start AND share.date < held.stop
                  JOIN (VALUES ('cash', 'recovery'), ('write_off', 'bad_debt'),
                               ('credit_note', 'credit_note'), ('offset', 'offset')
                       ) kind (code, name) ON kind.code = share.kind
            ),
            line AS (
                SELECT base.user_id, 'recovery' AS kind, 'denominator' AS role,
                       base.item_id AS res_id, base.item_id, NULL AS name, base.start AS date,
                       base.amount, base.start
                  FROM base WHERE base.amount > 0
                 UNION ALL
                SELECT part.user_id, part.kind, 'numerator', part.line_id, part.item_id,
                       part.name, part.date, part.amount, base.start
                  FROM part
             LEFT JOIN base ON base.item_id = part.item_id
                   AND base.user_id IS NOT DISTINCT FROM part.user_id
            )
            SELECT line.user_id, line.kind, line.role, 'account.move.line' AS model, line.res_id,
                   line.item_id, item.partner_id,
                   CONCAT_WS(' ← ', item.name, line.name) AS name, line.date, line.amount,
                   ladder.code AS tier_code,
                   COALESCE(line.start = %(first)s AND item.date_overdue < %(first)s, FALSE)
                       AS is_opening
              FROM line
              JOIN item ON item.id = line.item_id
         LEFT JOIN ladder ON line.date - item.date_maturity >= ladder.day_from
               AND (ladder.day_to = 0 OR line.date - item.date_maturity <= ladder.day_to)
            """,
            ladder=self.env["account.move.line"]._get_collection_ladder_sql(company),
            items=self._get_money_items_sql(company, first, stop, settled_only),
            owners=self._get_owners_sql(company, first, stop),
            settled=cash._get_settled_sql(SQL("SELECT * FROM item")),
            shares=cash._get_split_sql(
                SQL("SELECT * FROM settled WHERE date >= %s", first)
            ),
            digits=company.currency_id.decimal_places,
            first=first,
            stop=stop,
        )

    @api.model
    def _get_money_items_sql(self, company, first, stop, settled_only):
        """Receivable items overdue in the month, but not those settled before it."""
        return SQL(
            """
            SELECT line.id, move.name, partner.commercial_partner_id AS partner_id,
                   line.date_maturity, line.balance, line.amount_currency, line.currency_id,
                   line.company_currency_id,
                   GREATEST(line.date_maturity + 1, COALESCE(line.invoice_date, line.date))
                       AS date_overdue
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
               AND line.parent_state = 'posted'
               AND line.no_followup IS NOT TRUE
               AND line.balance > 0 AND line.amount_currency > 0
               AND line.date_maturity + 1 < %(stop)s
               AND COALESCE(line.invoice_date, line.date) < %(stop)s
               AND (%(open)s
                    OR line.id IN (SELECT partial.debit_move_id
                                     FROM account_partial_reconcile partial
                                    WHERE partial.company_id = %(company)s
                                      AND partial.max_date >= %(first)s
                                      AND partial.max_date < %(last)s))
            """,
            company=company.id, first=first, stop=stop,
            open=SQL("FALSE") if settled_only else SQL("line.reconciled IS NOT TRUE"),
            # What was settled later was open in the month.
            last=stop if settled_only else date.max,
        )

    @api.model
    def _get_owners_sql(self, company, first, stop):
        """Who owned which customers' cases on which days of the month, ``[from, to)``.

        A customer has one owner on a day: a new period ends the one before.
        """
        return SQL(
            """
            SELECT period.partner_id, period.user_id,
                   GREATEST(period.date_from, %(first)s) AS date_from,
                   LEAST(period.date_to, period.successor, %(stop)s) AS date_to
              FROM (SELECT partner_id, user_id, date_from, date_to,
                           LEAD(date_from) OVER (PARTITION BY partner_id ORDER BY date_from, id)
                               AS successor
                      FROM collection_case_assignment_period
                     WHERE company_id = %(company)s) period
             WHERE GREATEST(period.date_from, %(first)s)
                   < LEAST(period.date_to, period.successor, %(stop)s)
            """,
            company=company.id, first=first, stop=stop,
        )

    # The work of a month by who did it: contacts, promises, customers' answers (P5.1).

    @api.model
    def _get_work_sql(self, company, first, stop, today):
        """Rows of what was due and done in a month, columns as in ``_get_money_sql``.

        :param date today: what is due later is not late yet, in a month that still runs
        """
        return SQL(
            """
            SELECT holder.user_id, work.kind, work.role, work.model, work.res_id,
                   NULL::int AS item_id, work.partner_id, work.name, work.date, work.amount,
                   NULL::varchar AS tier_code, FALSE AS is_opening
              FROM (%s) work
        CROSS JOIN LATERAL (SELECT work.user_id UNION SELECT NULL) holder (user_id)
            """,
            SQL(" UNION ALL ").join([
                self._get_step_rows_sql(company, first, stop, today),
                self._get_answer_rows_sql(company, first, stop),
                self._get_promise_rows_sql(company, first, stop),
                self._get_contact_rows_sql(company, first, stop),
                self._get_recovered_rows_sql(company, first, stop),
            ]),
        )

    @api.model
    def _get_step_rows_sql(self, company, first, stop, today):
        """Scheduled contacts by their deadline; late unless they were done by it.

        Left out: what the customer's payment, a contact rule or a pause made needless, what
        was never asked of anybody because collection began late, and late ones with nothing left
        to ask for at the end of their deadline: paid, written off, withdrawn or excluded by then.
        """
        return SQL(
            """
            SELECT step.user_id, 'timeliness' AS kind, role.name AS role,
                   'collection.case.step' AS model, step.id AS res_id, owned.partner_id,
                   owned.name, step.date_deadline AS date, 1::numeric AS amount
              FROM collection_case_step step
              JOIN collection_case owned ON owned.id = step.case_id
              JOIN (VALUES ('denominator'), ('numerator')) role (name)
                ON role.name = 'denominator'
                OR (step.state = 'done' AND step.date_done <= step.date_deadline)
             WHERE owned.company_id = %(company)s
               AND step.date_deadline >= %(first)s AND step.date_deadline < %(stop)s
               AND (step.state = 'done'
                    OR (step.state = 'planned' AND step.date_deadline < %(today)s)
                    OR (step.state = 'cancelled'
                        AND COALESCE(step.cancel_reason, 'other') = 'other'))
               AND ((step.state = 'done' AND step.date_done <= step.date_deadline)
                    OR %(owed)s)
            """,
            owed=self._get_owed_at_deadline_sql(),
            company=company.id, first=first, stop=stop, today=today,
        )

    @api.model
    def _get_owed_at_deadline_sql(self):
        """Whether something of the case ``owned`` was there to ask for when ``step`` was due.

        An item counts that had fallen due and was not settled by then. One that is excluded or
        withdrawn by now does not: which day it was taken out on, the ledger does not say. Of a
        case without items the day that it closed on decides.
        """
        return SQL(
            """((owned.date_closed IS NULL OR owned.date_closed > step.date_deadline)
                AND (EXISTS (
                        SELECT 1 FROM account_move_line item
                   CROSS JOIN LATERAL (%(settled)s) settled
                         WHERE item.collection_case_id = owned.id
                           AND item.parent_state = 'posted' AND item.no_followup IS NOT TRUE
                           AND item.balance > 0
                           AND item.date_maturity <= GREATEST(step.date_due, step.date_deadline)
                           AND item.balance > COALESCE(settled.amount, 0))
                     OR NOT EXISTS (
                        SELECT 1 FROM account_move_line item
                         WHERE item.collection_case_id = owned.id)))""",
            settled=SQL(
                "SELECT SUM(amount_company) AS amount FROM (%s) AS part"
                " WHERE date <= step.date_deadline",
                self.env["account.move.line"]._get_collection_sides_sql(),
            ),
        )

    @api.model
    def _get_answer_rows_sql(self, company, first, stop):
        """Answers of the customers themselves, and those of four or five of five."""
        return SQL(
            """
            SELECT rated.id AS user_id, 'satisfaction', role.name, 'rating.rating', answer.id,
                   owned.partner_id, owned.name, given.date, 1::numeric
              FROM rating_rating answer
              JOIN collection_case owned ON owned.id = answer.res_id
         LEFT JOIN (SELECT partner_id, MIN(id) AS id FROM res_users GROUP BY partner_id) rated
                ON rated.partner_id = answer.rated_partner_id
        CROSS JOIN LATERAL (
                   SELECT (COALESCE(answer.rated_on, answer.write_date)
                           AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date) given (date)
              JOIN (VALUES ('denominator'), ('numerator')) role (name)
                ON role.name = 'denominator' OR answer.rating >= 4
             WHERE answer.res_model = 'collection.case' AND answer.consumed
               AND answer.rating >= 1
               AND EXISTS (SELECT 1 FROM res_partner customer
                            WHERE customer.id = answer.partner_id
                              AND customer.commercial_partner_id = owned.partner_id)
               AND owned.company_id = %(company)s
               AND given.date >= %(first)s AND given.date < %(stop)s
            """,
            company=company.id, first=first, stop=stop, tz=company._get_collection_tz(),
        )

    @api.model
    def _get_promise_rows_sql(self, company, first, stop):
        """Promises for a day of the month that payments judged, in company currency.

        Open and superseded ones do not count, nor those that a manager judged by hand: the
        list of promises tells them apart.
        """
        return SQL(
            """
            SELECT promise.user_id, figure.kind, figure.role, 'collection.promise', promise.id,
                   promise.partner_id, owned.name, promise.date_promised, figure.amount
              FROM collection_promise promise
              JOIN collection_case owned ON owned.id = promise.case_id
        CROSS JOIN LATERAL (VALUES
                   ('promise_count', 'denominator', 1::numeric),
                   ('promise_count', 'numerator',
                    CASE WHEN promise.state = 'kept' THEN 1 ELSE 0 END),
                   ('promise_value', 'denominator', COALESCE(promise.amount_company,
                                                             promise.amount)),
                   ('promise_value', 'numerator',
                    ROUND(LEAST(promise.kept_amount, promise.amount)
                          * COALESCE(promise.amount_company, promise.amount) / promise.amount,
                          %(digits)s))
                   ) figure (kind, role, amount)
             WHERE promise.company_id = %(company)s
               AND promise.state IN ('kept', 'partial', 'broken')
               AND promise.date_promised >= %(first)s AND promise.date_promised < %(stop)s
               AND promise.judged_by_id IS NULL
               AND (figure.role = 'denominator' OR figure.amount > 0)
            """,
            company=company.id, first=first, stop=stop, digits=company.currency_id.decimal_places,
        )

    @api.model
    def _get_contact_rows_sql(self, company, first, stop):
        """Calls and visits, those that reached whom they were meant for, late records, hours.

        A contact that was corrected counts as its correction says. Timeliness goes by the day
        that a contact says of itself: how many were recorded later than the next day stands
        beside it.
        """
        return SQL(
            """
            SELECT contact.user_id, figure.kind, figure.role, 'collection.activity', contact.id,
                   contact.partner_id, owned.name, made.date,
                   CASE figure.kind WHEN 'cash_per_hour' THEN contact.duration
                        ELSE 1::numeric END
              FROM collection_activity contact
              JOIN collection_case owned ON owned.id = contact.case_id
        CROSS JOIN LATERAL (
                   SELECT (contact.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                          (contact.create_date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                   ) made (date, recorded)
        CROSS JOIN LATERAL (
                   SELECT contact.direction = 'outbound' AND contact.method IN ('phone', 'visit')
                   ) attempt (made)
              JOIN (VALUES ('right_party', 'denominator'), ('right_party', 'numerator'),
                           ('recorded_late', 'denominator'), ('recorded_late', 'numerator'),
                           ('cash_per_hour', 'denominator')
                   ) figure (kind, role)
                ON CASE figure.kind || figure.role
                   WHEN 'right_partydenominator' THEN attempt.made
                   WHEN 'right_partynumerator' THEN attempt.made AND contact.outcome
                        IN ('reached', 'promised', 'disputed', 'refused')
                   WHEN 'recorded_latenumerator' THEN made.recorded > made.date + 1
                   WHEN 'cash_per_hourdenominator' THEN contact.duration > 0
                   ELSE TRUE END
             WHERE contact.company_id = %(company)s AND contact.state = 'confirmed'
               AND contact.is_opening IS NOT TRUE
               AND made.date >= %(first)s AND made.date < %(stop)s
               AND NOT EXISTS (SELECT 1 FROM collection_activity correction
                                WHERE correction.corrects_id = contact.id
                                  AND correction.state = 'confirmed')
            """,
            company=company.id, first=first, stop=stop, tz=company._get_collection_tz(),
        )

    @api.model
    def _get_recovered_rows_sql(self, company, first, stop):
        """What came in on amounts written off before, for the team: never netted silently."""
        return SQL(
            """
            SELECT NULL::int, 'written_off_recovered', 'numerator', 'collection.recovery',
                   recovery.id, recovery.partner_id, recovery.name, entry.date,
                   recovery.amount_company
              FROM collection_recovery recovery
              JOIN account_move entry ON entry.id = recovery.move_id
             WHERE recovery.company_id = %(company)s AND recovery.state = 'posted'
               AND entry.date >= %(first)s AND entry.date < %(stop)s
            """,
            company=company.id, first=first, stop=stop,
        )

    # Figures of the whole ledger, for the team: effectiveness, days of sales, roll rates.

    @api.model
    def _get_ledger_figures(self, company, first, stop, noncash):
        """Values of the team's further lines, in two statements.

        :param Decimal noncash: credit notes and write-offs on overdue items of the month
        :return: list of dicts of line values
        """
        moved = self._get_ageing_moves(company, first - timedelta(days=1), stop - timedelta(days=1))
        opening = sum(row["before"] for row in moved)
        closing = sum(row["after"] for row in moved)
        current = sum(row["after"] for row in moved if not row["tier_after"])
        months = self._get_sales_by_month(company, stop)
        sales, days = months[0]
        outstanding = indicators.days_of_sales(closing, sales, days)
        best = indicators.days_of_sales(current, sales, days)
        reachable = opening + sales - current
        settled = opening + sales - closing
        figures = [
            ("effectiveness", "percent", settled, reachable, indicators.effectiveness(
                opening, sales, closing, current)),
            ("effectiveness_cash", "percent", settled - noncash, reachable,
             indicators.effectiveness(opening, sales, closing, current, noncash)),
            ("sales_days", "days", closing, sales, outstanding),
            ("sales_days_best", "days", current, sales, best),
            ("sales_days_countback", "days", closing, sum(sale for sale, _days in months),
             indicators.countback(closing, months)),
            ("days_delinquent", "days", closing - current, sales,
             indicators.days_delinquent(outstanding, best)),
        ]
        return [
            self._prepare_figure(kind, unit, numerator, denominator, value)
            for kind, unit, numerator, denominator, value in figures
        ] + self._get_roll_rates(company, moved)

    @api.model
    def _prepare_figure(self, kind, unit, numerator, denominator, value, **vals):
        return {
            "kind": kind,
            "unit": unit,
            "numerator": float(numerator),
            "denominator": float(denominator),
            "value": float(value or 0),
            "has_data": value is not None,
            **vals,
        }

    @api.model
    def _get_ageing_moves(self, company, before, after):
        """What was in each tier at the end of a day, by where the same items were later.

        :return: list of dicts ``tier_before is_debt tier_after before after``, amounts as Decimal
        """
        ageing = self.env["account.move.line"]._get_collection_ageing_sql
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT old.tier_code AS tier_before, old.residual > 0 AS is_debt,
                       new.tier_code AS tier_after,
                       COALESCE(SUM(old.residual), 0) AS before,
                       COALESCE(SUM(new.residual), 0) AS after
                  FROM (%s) old FULL JOIN (%s) new ON new.line_id = old.line_id
              GROUP BY 1, 2, 3
                """,
                ageing(before, company),
                ageing(after, company),
            )
        )
        for row in rows:
            for name in ("before", "after"):
                row[name] = Decimal(str(row[name]))
        return rows

    @api.model
    def _get_sales_by_month(self, company, stop):
        """Invoices less credit notes of the twelve months up to ``stop``, the latest first.

        :return: list of tuples of sales and days of the month
        """
        start = stop - relativedelta(months=12)
        rows = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DATE_TRUNC('month', line.invoice_date)::date, SUM(line.balance)
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                       AND line.account_id IN (SELECT id FROM account_account
                                                WHERE account_type = 'asset_receivable')
                       AND line.invoice_date >= %(start)s AND line.invoice_date < %(stop)s
                  GROUP BY 1
                    """,
                    company=company.id, start=start, stop=stop,
                )
            )
        )
        months = [stop - relativedelta(months=back) for back in range(1, 13)]
        return [
            (Decimal(str(rows.get(month) or 0)), (month + relativedelta(months=1) - month).days)
            for month in months
        ]

    @api.model
    def _get_roll_rates(self, company, moved):
        """Of what was in a tier, how much went on to the next one, following the same items."""
        tiers = self.env["collection.tier"]._get_ladder(company).sorted("day_from")
        steps = [(None, self.env._("Not Due"))] + [(tier.code, tier.name) for tier in tiers]
        figures = []
        for (code, name), (next_code, next_name) in zip(steps, steps[1:], strict=False):
            there = [row for row in moved if row["is_debt"] and row["tier_before"] == code]
            whole = sum(row["before"] for row in there)
            part = sum(row["after"] for row in there if row["tier_after"] == next_code)
            figures.append(self._prepare_figure(
                "roll", "percent", part, whole,
                indicators.rate(Decimal(part), Decimal(whole)),
                detail=f"{name} → {next_name}",
            ))
        return figures
