import json
from collections import defaultdict, namedtuple
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import grading, indicators
from ...tools.indicators import half_up
from .collection_assessment_line import AMOUNTS
from .collection_target import INDICATORS

LOOK_BACK = 3
"""Months that a new assessment compares with what was frozen for them."""
TargetValue = namedtuple("TargetValue", "value weight direction")
NO_FIGURE = (Decimal(0), Decimal(0))
RATES = (
    "recovery_opening", "recovery_net", "promise_count", "promise_value", "right_party",
    "recorded_late",
)
LINE_COLUMNS = {
    "sequence": "int", "kind": "varchar", "is_indicator": "boolean", "detail": "varchar",
    "method": "varchar", "unit": "varchar", "numerator": "numeric", "denominator": "numeric",
    "value": "numeric", "has_data": "boolean", "low_sample": "boolean", "has_target": "boolean",
    "target": "numeric", "weight": "numeric", "direction": "varchar", "is_met": "boolean",
}
UNSET = {name: False for name, kind in LINE_COLUMNS.items() if kind == "boolean"}


class CollectionAssessment(models.Model):
    """What changed in the books of assessed months shows in the next one (P5.2).

    A frozen month never changes. What was un-reconciled, back-dated or matched late is found by
    counting the month again; the difference is a row of the next month, named by the month it
    belongs to. Rows of corrections count as frozen for their month, so nothing is corrected twice.
    """

    _inherit = "collection.assessment"

    @api.model
    def _add_corrections(self, company, month):
        """Add to the rows of a month what differs from earlier frozen months.

        One statement for each month that is frozen, whatever the number of collectors.
        """
        for back in range(1, LOOK_BACK + 1):
            first = month - relativedelta(months=back)
            if self.search_count([
                ("company_id", "=", company.id), ("month", "=", first), ("state", "!=", "draft"),
            ], limit=1):
                self._add_correction(company, month, first)

    @api.model
    def _add_correction(self, company, month, first):
        stop = first + relativedelta(months=1)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_assessment_row (
                       user_id, kind, role, model, res_id, item_id, partner_id, name, date, amount,
                       tier_code, month)
                WITH frozen AS (
                    SELECT assessed.user_id, line.kind, source.res_id, source.item_id,
                           MAX(source.partner_id) AS partner_id, MAX(source.name) AS name,
                           MAX(source.date) AS date, SUM(source.amount) AS amount,
                           MAX(source.tier_code) AS tier_code
                      FROM collection_assessment_source source
                      JOIN collection_assessment_line line ON line.id = source.line_id
                      JOIN collection_assessment assessed ON assessed.id = line.assessment_id
                     WHERE assessed.company_id = %(company)s AND assessed.month < %(month)s
                       AND assessed.state != 'draft'
                       AND source.month = %(first)s AND source.role = 'numerator'
                       AND line.kind IN ('recovery', 'bad_debt', 'correction_recovery',
                                         'correction_bad_debt')
                  GROUP BY assessed.user_id, line.kind, source.res_id, source.item_id
                ),
                difference AS (
                    SELECT user_id, REPLACE(kind, 'correction_', '') AS kind, res_id, item_id,
                           MAX(partner_id) AS partner_id, MAX(name) AS name, MAX(date) AS date,
                           SUM(amount) AS amount, MAX(tier_code) AS tier_code
                      FROM (SELECT user_id, kind, res_id, item_id, partner_id, name, date,
                                   -amount AS amount, tier_code
                              FROM frozen
                             UNION ALL
                            SELECT user_id, kind, res_id, item_id, partner_id, name, date,
                                   amount, tier_code
                              FROM (%(money)s) counted
                             WHERE role = 'numerator' AND kind IN ('recovery', 'bad_debt')) part
                  GROUP BY user_id, REPLACE(kind, 'correction_', ''), res_id, item_id
                    HAVING SUM(amount) != 0
                )
                SELECT difference.user_id, 'correction_' || difference.kind, 'numerator',
                       'account.move.line', difference.res_id, difference.item_id,
                       difference.partner_id, difference.name, difference.date,
                       difference.amount, difference.tier_code, %(first)s
                  FROM difference
                 WHERE NOT EXISTS (
                       SELECT 1 FROM collection_assessment draft
                        WHERE draft.company_id = %(company)s AND draft.month = %(first)s
                          AND draft.state = 'draft'
                          AND draft.user_id IS NOT DISTINCT FROM difference.user_id)
                """,
                company=company.id,
                month=month,
                first=first,
                money=self._get_money_sql(company, first, stop),
            )
        )

    # How hard a portfolio is, beside the grade: what such items brought in before (P5.2).

    @api.model
    def _get_expected_recovery(self, company, month):
        """What was recovered in earlier months of items as old as those of each collector.

        The company's own rates by tier are those of the team's assessments of the twelve months
        before, weighted by the amounts in the rows at hand. Items in a tier without a history
        are left out. One statement.

        :return: dict of per cent by user id, ``None`` for the team; without those nobody can tell
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH item AS (
                    SELECT source.tier_code, source.whole, source.part
                      FROM collection_assessment assessed
                      JOIN collection_assessment_line line ON line.assessment_id = assessed.id
                       AND line.kind = 'recovery'
                CROSS JOIN LATERAL (
                           SELECT item_id,
                                  MAX(tier_code) FILTER (WHERE role = 'denominator') AS tier_code,
                                  SUM(amount) FILTER (WHERE role = 'denominator') AS whole,
                                  SUM(amount) FILTER (WHERE role = 'numerator') AS part
                             FROM collection_assessment_source
                            WHERE line_id = line.id
                         GROUP BY item_id) source
                     WHERE assessed.company_id = %(company)s AND assessed.user_id IS NULL
                       AND assessed.month >= %(start)s AND assessed.month < %(month)s
                ),
                history AS (
                    SELECT tier_code, COALESCE(SUM(part), 0) / SUM(whole) AS rate
                      FROM item WHERE whole > 0
                  GROUP BY tier_code
                )
                SELECT held.user_id, SUM(held.amount * history.rate) * 100 / SUM(held.amount)
                  FROM collection_assessment_row held
                  JOIN history ON history.tier_code = held.tier_code
                 WHERE held.kind = 'recovery' AND held.role = 'denominator'
              GROUP BY held.user_id
                HAVING SUM(held.amount) > 0
                """,
                company=company.id,
                start=month - relativedelta(months=12),
                month=month,
            )
        )
        return {user_id: half_up(Decimal(str(rate))) for user_id, rate in rows}

    # A month's assessments of all collectors, in a fixed number of statements (P5.2).

    @api.model
    def _generate(self, month, companies=None):
        """Make or renew the drafts of a month: one per collector, and the team's.

        Running it again gives the same; what was confirmed stays as it is.

        :param month: any day of the month, as date or string
        :param companies: the companies; the user's active ones when not given
        :return: the month's assessments
        """
        if isinstance(month, str) and len(month) == 7:
            month += "-01"
        month = fields.Date.to_date(month).replace(day=1)
        result = self.browse()
        for company in self.env.companies if companies is None else companies:
            # Figures are those of all customers, whichever of them the user may see.
            result |= self.sudo()._generate_company(company, month).sudo(self.env.su)
        return result

    def _generate_company(self, company, month):
        self = company._in_collection_language(self)
        # One run for a company and month at a time: the second waits, and finds the drafts.
        key = f"{self._name}{month}"
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", key, company.id))
        self.env.flush_all()
        self._collect_rows(company, month)
        figures = self._sum_rows()
        days = self._get_days_assigned(company, month)
        expected = self._get_expected_recovery(company, month)
        corrected = {user_id for user_id, kind in figures if kind.startswith("correction_")}
        assessments, kept = self._get_drafts(company, month, (corrected | set(days)) - {None})
        targets = self.env["collection.target"]._get_all_for(company, month)
        vals_list = []
        for assessment in assessments:
            user_id = assessment.user_id.id or None
            own = {kind: sums for (holder, kind), sums in figures.items() if holder == user_id}
            vals_list += assessment._prepare_lines(
                own,
                kept.get(assessment.id) or {
                    kind: targets.get((assessment.user_id.id, kind)) or targets.get((False, kind))
                    for kind, _label in INDICATORS
                },
                days.get(user_id, 0),
                expected.get(user_id),
            )
        self.flush_model()
        self._insert_lines(vals_list)
        self._freeze_rows(company, assessments)
        return self.search([("company_id", "=", company.id), ("month", "=", month)])

    def _get_drafts(self, company, month, user_ids):
        """Empty drafts of the month: new ones, and those there were, without their lines.

        :return: the drafts, and by the id of those that were confirmed once, the targets that
            were frozen with them, by kind
        """
        existing = self.search([("company_id", "=", company.id), ("month", "=", month)])
        missing = user_ids - set(existing.user_id.ids)
        if not existing.filtered("is_team"):
            missing.add(None)
        drafts = existing.filtered(lambda assessment: assessment.state == "draft")
        kept = {
            draft.id: {
                line.kind: TargetValue(line.target, line.weight, line.direction)
                for line in draft.indicator_ids if line.has_target
            }
            for draft in drafts if draft.date_confirmed
        }
        if drafts:
            self.env.cr.execute(SQL(
                "DELETE FROM collection_assessment_line WHERE assessment_id = ANY(%s)", drafts.ids
            ))
            self.env.invalidate_all()
        return drafts | self.create([
            {"company_id": company.id, "month": month, "user_id": user_id}
            for user_id in sorted(missing, key=lambda user_id: user_id or 0)
        ]), kept

    def _add_rates(self, figures):
        """Put the parts of recovery, bad debts and cash per hour in place, in ``figures``.

        What is corrected was overdue before: this month goes on from what was frozen.
        """
        corrected_cash = figures["correction_recovery"][0]
        corrected = corrected_cash + figures["correction_bad_debt"][0]

        def corrected_figure(kind):
            part, whole = figures[kind]
            return part + corrected_cash, whole + corrected

        month_cash = figures["recovery"][0]
        cash, overdue = corrected_figure("recovery")
        rates = {
            "all": (cash, overdue),
            "opening": corrected_figure("recovery_opening"),
            "net": (cash, overdue - figures["credit_note"][0]),
        }
        figures["recovery_opening"], figures["recovery_net"] = rates["opening"], rates["net"]
        figures["recovery"] = rates[self.company_id.collection_recovery_method or "all"]
        loss = figures["bad_debt"][0] + figures["correction_bad_debt"][0]
        figures["bad_debt"] = (loss, overdue)
        figures["cash_per_hour"] = (month_cash, figures["cash_per_hour"][1])

    def _prepare_lines(self, figures, targets, days, expected):
        """Set grade and score of one draft and return the values of its lines."""
        self.ensure_one()
        figures = defaultdict(lambda: NO_FIGURE, figures)
        corrected_loss = figures["correction_bad_debt"][0]
        self._add_rates(figures)
        method = self.company_id.collection_recovery_method or "all"
        lines, measured = [], []
        for kind, _label in INDICATORS:
            part, whole = figures[kind]
            value = indicators.rate(part, whole)
            target = targets.get(kind)
            line = self._prepare_figure(
                kind, "percent", part, whole, value,
                is_indicator=True,
                method=method if kind == "recovery" else None,
                low_sample=kind == "satisfaction" and 0 < whole < indicators.LOW_SAMPLE,
            )
            if target:
                indicator = grading.Indicator(
                    value, Decimal(str(target.value)), Decimal(str(target.weight)),
                    target.direction == "lower",
                )
                measured.append(indicator)
                line |= {
                    "has_target": True,
                    "target": target.value,
                    "weight": target.weight,
                    "direction": target.direction,
                    "is_met": value is not None and grading.is_met(indicator),
                }
            lines.append(line)
        for kind in RATES:
            lines.append(self._prepare_figure(
                kind, "percent", *figures[kind], indicators.rate(*figures[kind])
            ))
        lines.append(self._prepare_figure(
            "cash_per_hour", "amount", *figures["cash_per_hour"],
            indicators.per_hour(*figures["cash_per_hour"]),
        ))
        lines += [
            self._prepare_figure(kind, "amount", figures[kind][0], 0, figures[kind][0])
            for kind in sorted(AMOUNTS) if figures[kind][0] or kind == "credit_note"
        ]
        if self.is_team:
            noncash = figures["credit_note"][0] + figures["bad_debt"][0] - corrected_loss
            lines += self._get_ledger_figures(
                self.company_id, self.month, self.month + relativedelta(months=1), noncash
            )
        score = grading.score(measured)
        with_data = [indicator for indicator in measured if indicator.actual is not None]
        # The team's days are those of its company.
        days = grading.FEW_DAYS if self.is_team else days
        self.write({
            "grade": grading.grade(measured, days),
            "is_provisional": grading.is_provisional(measured, days),
            "score": float(score or 0),
            "met_count": sum(map(grading.is_met, with_data)),
            "measured_count": len(with_data),
            "days_assigned": days,
            "expected_recovery": float(expected or 0),
            "has_expected_recovery": expected is not None,
        })
        return [
            {"assessment_id": self.id, "sequence": number, **line}
            for number, line in enumerate(lines)
        ]

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
        return SQL(
            """
            WITH ladder (company_id, tier_id, code, day_from, day_to) AS (%(ladder)s),
            item AS MATERIALIZED (%(items)s),
            settled AS MATERIALIZED (
                SELECT item.id AS item_id, partial.id, partial.max_date AS date,
                       partial.credit_move_id, partial.debit_amount_currency AS currency,
                       ROUND(partial.debit_amount_currency * item.balance / item.amount_currency,
                             %(digits)s) AS amount
                  FROM item
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
                 WHERE partial.debit_amount_currency > 0 AND partial.max_date < %(stop)s
                   AND NOT EXISTS (
                       SELECT 1 FROM account_move_line other
                         JOIN account_partial_reconcile origin
                           ON origin.exchange_move_id = other.move_id
                        WHERE other.id = partial.credit_move_id)
            ),
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
                       ROUND((item.amount_currency - COALESCE(SUM(settled.currency), 0))
                             * item.balance / item.amount_currency, %(digits)s) AS amount
                  FROM held
                  JOIN item ON item.id = held.item_id
             LEFT JOIN settled ON settled.item_id = held.item_id AND settled.date < held.start
              GROUP BY held.user_id, held.item_id, held.start, item.amount_currency, item.balance
                HAVING item.amount_currency > COALESCE(SUM(settled.currency), 0)
              ORDER BY held.user_id, held.item_id, held.start
            ),
            taken AS MATERIALIZED (
                SELECT held.user_id, settled.*
                  FROM held
                  JOIN settled ON settled.item_id = held.item_id
                   AND settled.date >= held.start AND settled.date < held.stop
            ),
            source AS MATERIALIZED (%(sources)s),
            part AS (
                SELECT taken.user_id, share.kind, taken.item_id, taken.credit_move_id,
                       source.name, taken.date, share.amount
                  FROM taken
                  JOIN source ON source.line_id = taken.credit_move_id
            CROSS JOIN LATERAL (
                       SELECT ROUND(taken.amount * source.cash, %(digits)s) AS cash) money
            CROSS JOIN LATERAL (VALUES
                       ('recovery', money.cash),
                       (source.rest_kind, taken.amount - money.cash)) share (kind, amount)
                 WHERE share.amount != 0
            ),
            line AS (
                SELECT base.user_id, 'recovery' AS kind, 'denominator' AS role,
                       base.item_id AS res_id, base.item_id, NULL AS name, base.start AS date,
                       base.amount, base.start
                  FROM base WHERE base.amount > 0
                 UNION ALL
                SELECT part.user_id, part.kind, 'numerator', part.credit_move_id, part.item_id,
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
            sources=self._get_money_sources_sql(),
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
                   COALESCE(line.date_maturity, line.date) AS date_maturity,
                   line.balance, line.amount_currency,
                   GREATEST(COALESCE(line.date_maturity, line.date) + 1, COALESCE(line.invoice_date, line.date))
                       AS date_overdue
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.company_id = %(company)s
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
               AND line.parent_state = 'posted'
               AND %(chased)s
               AND line.balance > 0 AND line.amount_currency > 0
               AND COALESCE(line.date_maturity, line.date) + 1 < %(stop)s
               AND COALESCE(line.invoice_date, line.date) < %(stop)s
               AND (%(open)s
                    OR line.id IN (SELECT partial.debit_move_id
                                     FROM account_partial_reconcile partial
                                    WHERE partial.company_id = %(company)s
                                      AND partial.max_date >= %(first)s
                                      AND partial.max_date < %(last)s))
            """,
            company=company.id, first=first, stop=stop,
            chased=self.env["account.move.line"]._get_chased_sql("line"),
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

    @api.model
    def _get_money_sources_sql(self):
        """What settled the items of ``taken``: how much of it is cash, and what the rest is.

        Cash is what a payment, a bank statement or an entry brought to the bank's accounts: a
        payment of 980 with 20 written off settles 1,000. Of the rest a credit note is one; a
        balance moved to other receivables or payables is an offset; everything else is written
        off.
        """
        return SQL(
            """
            SELECT counterpart.id AS line_id, entry.name,
                   CASE WHEN entry.move_type = 'out_refund' THEN 0
                        ELSE LEAST(1, GREATEST(0, COALESCE(
                             figure.money / NULLIF(figure.settled, 0),
                             CASE WHEN figure.is_payment THEN 1 ELSE 0 END))) END AS cash,
                   CASE WHEN entry.move_type = 'out_refund' THEN 'credit_note'
                        WHEN figure.is_offset AND NOT figure.is_payment THEN 'offset'
                        ELSE 'bad_debt' END AS rest_kind
              FROM account_move_line counterpart
              JOIN account_move entry ON entry.id = counterpart.move_id
              JOIN (SELECT entry.id AS move_id, settling.account_id,
                           entry.origin_payment_id IS NOT NULL
                               OR entry.statement_line_id IS NOT NULL AS is_payment,
                           SUM(part.balance) FILTER (WHERE part.account_id IN (
                                   CASE WHEN journal.type IN ('bank', 'cash', 'credit')
                                        THEN journal.default_account_id END,
                                   CASE WHEN journal.type IN ('bank', 'cash', 'credit')
                                        THEN journal.suspense_account_id END,
                                   payment.outstanding_account_id)
                               OR account.account_type = 'asset_cash') AS money,
                           -SUM(part.balance) FILTER (
                               WHERE part.account_id = settling.account_id) AS settled,
                           BOOL_AND(account.account_type
                                    IN ('asset_receivable', 'liability_payable')) AS is_offset
                      FROM (SELECT DISTINCT line.move_id, line.account_id
                              FROM account_move_line line
                             WHERE line.id IN (SELECT credit_move_id FROM taken)) settling
                      JOIN account_move entry ON entry.id = settling.move_id
                      JOIN account_journal journal ON journal.id = entry.journal_id
                 LEFT JOIN account_payment payment ON payment.id = entry.origin_payment_id
                      JOIN account_move_line part ON part.move_id = entry.id
                      JOIN account_account account ON account.id = part.account_id
                  GROUP BY entry.id, settling.account_id) figure
                ON figure.move_id = entry.id AND figure.account_id = counterpart.account_id
             WHERE counterpart.id IN (SELECT credit_move_id FROM taken)
            """
        )

    # The rows that a month's figures are sums of, in a table of the transaction (P5.2).

    @api.model
    def _collect_rows(self, company, month):
        """Everything that counts in the month, as rows of a table of this transaction."""
        stop = month + relativedelta(months=1)
        today = company._get_collection_today()
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.collection_assessment_row")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE collection_assessment_row ON COMMIT DROP AS
                SELECT counted.*, %(month)s::date AS month
                  FROM (%(money)s UNION ALL %(work)s) counted
                """,
                month=month,
                money=SQL("SELECT * FROM (%s) money", self._get_money_sql(company, month, stop)),
                work=self._get_work_sql(company, month, stop, today),
            )
        )
        self._add_corrections(company, month)
        self.env.cr.execute("ANALYZE collection_assessment_row")

    @api.model
    def _sum_rows(self):
        """By user id (``None``: the team) and kind: sums of numerator and denominator."""
        return {
            (user_id, kind): (Decimal(str(part)), Decimal(str(whole)))
            for user_id, kind, part, whole in self.env.execute_query(SQL(
                """
                SELECT user_id, kind,
                       COALESCE(SUM(amount) FILTER (WHERE role = 'numerator'), 0),
                       COALESCE(SUM(amount) FILTER (WHERE role = 'denominator'), 0)
                  FROM (SELECT user_id, kind, role, amount FROM collection_assessment_row
                         UNION ALL
                        SELECT user_id, 'recovery_opening', role, amount
                          FROM collection_assessment_row
                         WHERE is_opening AND kind = 'recovery') counted
              GROUP BY user_id, kind
                """
            ))
        }

    @api.model
    def _get_days_assigned(self, company, month):
        """By user id, the days with a case among the last sixty, of who had one in the month."""
        stop = month + relativedelta(months=1)
        start = stop - timedelta(days=60)
        return dict(self.env.execute_query(SQL(
            """
            SELECT owner.user_id, COUNT(DISTINCT day)
              FROM (%(owners)s) owner
        CROSS JOIN LATERAL GENERATE_SERIES(owner.date_from, owner.date_to - 1,
                                           INTERVAL '1 day') day
          GROUP BY owner.user_id
            HAVING MAX(day) >= %(month)s
            """,
            owners=self._get_owners_sql(company, start, stop),
            month=month,
        )))

    @api.model
    def _insert_lines(self, vals_list):
        """Make the figures of all drafts in one statement, however many collectors there are."""
        columns = ", ".join(LINE_COLUMNS)
        self.env.cr.execute(
            SQL(
                f"""
                INSERT INTO collection_assessment_line (
                       assessment_id, {columns}, company_id, user_id, month,
                       create_uid, create_date, write_uid, write_date)
                SELECT assessed.id, {columns}, assessed.company_id, assessed.user_id,
                       assessed.month, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM jsonb_to_recordset(%(lines)s::jsonb) given (
                       assessment_id int,
                       {", ".join(" ".join(column) for column in LINE_COLUMNS.items())})
                  JOIN collection_assessment assessed ON assessed.id = given.assessment_id
              ORDER BY assessed.id, sequence
                """,
                lines=json.dumps([UNSET | vals for vals in vals_list], default=float),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["collection.assessment.line"].invalidate_model(flush=False)
        self.invalidate_model(["line_ids", "indicator_ids", "figure_ids"], flush=False)

    def _freeze_rows(self, company, assessments):
        """Keep the rows behind the figures of these drafts, in one statement."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_assessment_source (
                       line_id, company_id, role, model, res_id, item_id, name, partner_id, date,
                       amount, tier_code, month, is_opening)
                SELECT line.id, %(company)s, counted.role, counted.model, counted.res_id,
                       counted.item_id, counted.name, counted.partner_id, counted.date,
                       counted.amount, counted.tier_code, counted.month, counted.is_opening
                  FROM collection_assessment_row counted
                  JOIN collection_assessment_line line ON line.kind = counted.kind
                   AND line.user_id IS NOT DISTINCT FROM counted.user_id
                   AND line.assessment_id = ANY(%(assessments)s)
                """,
                company=company.id, assessments=assessments.ids,
            )
        )
        self.env["collection.assessment.source"].invalidate_model(flush=False)
        self.env["collection.assessment.line"].invalidate_model(["source_ids"], flush=False)

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

        Left out: what the customer's payment, a contact rule or a pause made needless, and what
        was never asked of anybody because collection began late.
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
            """,
            company=company.id, first=first, stop=stop, today=today,
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
        """Promises for a day of the month that were judged; open, superseded ones do not count."""
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
                   ('promise_value', 'denominator', promise.amount),
                   ('promise_value', 'numerator', LEAST(promise.kept_amount, promise.amount))
                   ) figure (kind, role, amount)
             WHERE promise.company_id = %(company)s
               AND promise.state IN ('kept', 'partial', 'broken')
               AND promise.date_promised >= %(first)s AND promise.date_promised < %(stop)s
               AND (figure.role = 'denominator' OR figure.amount > 0)
            """,
            company=company.id, first=first, stop=stop,
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

