import json
from collections import defaultdict, namedtuple
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import grading, indicators
from ...tools.indicators import half_up
from .collection_indicator import AMOUNTS, INDICATORS, RATES

LOOK_BACK = 3
"""Months that a new assessment compares with what was frozen for them."""
TargetValue = namedtuple("TargetValue", "value weight direction")
NO_FIGURE = (Decimal(0), Decimal(0))
LINE_COLUMNS = {
    "sequence": "int", "kind": "varchar", "is_indicator": "boolean", "detail": "varchar",
    "method": "varchar", "unit": "varchar", "numerator": "numeric", "denominator": "numeric",
    "value": "numeric", "has_data": "boolean", "low_sample": "boolean", "has_target": "boolean",
    "target": "numeric", "weight": "numeric", "direction": "varchar", "is_met": "boolean",
}
UNSET = {name: False for name, kind in LINE_COLUMNS.items() if kind == "boolean"}


class CollectionAssessment(models.Model):
    """How the figures of a month are found: rows, sums, lines, and corrections (P5.2).

    What each indicator is counted from stands in ``collection.indicator``.
    """

    _inherit = "collection.assessment"

    # What changed in the books of assessed months shows in the next one. A frozen month never
    # changes: what was un-reconciled, back-dated or matched late is found by counting the month
    # again; the difference is a row of the next month, named by the month it belongs to. Rows of
    # corrections count as frozen for their month, so nothing is corrected twice.

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
                       AND line.kind IN ('recovery', 'bad_debt', 'promise_count',
                                         'promise_value', 'correction_recovery',
                                         'correction_bad_debt', 'correction_promise_count',
                                         'correction_promise_value')
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
                             WHERE role = 'numerator' AND kind IN ('recovery', 'bad_debt')
                             UNION ALL
                            SELECT holder.user_id, promised.kind, promised.res_id, NULL,
                                   promised.partner_id, promised.name, promised.date,
                                   promised.amount, NULL
                              FROM (%(promises)s) promised (
                                   user_id, kind, role, model, res_id, partner_id, name, date,
                                   amount)
                        CROSS JOIN LATERAL (
                                   SELECT promised.user_id UNION SELECT NULL) holder (user_id)
                             WHERE promised.role = 'numerator' AND EXISTS (
                                   SELECT 1 FROM collection_assessment_source counted
                                     JOIN collection_assessment_line line
                                       ON line.id = counted.line_id
                                      AND line.kind = promised.kind
                                    WHERE counted.company_id = %(company)s
                                      AND counted.month = %(first)s
                                      AND counted.role = 'denominator'
                                      AND counted.res_id = promised.res_id)) part
                  GROUP BY user_id, REPLACE(kind, 'correction_', ''), res_id, item_id
                    HAVING SUM(amount) != 0
                )
                SELECT difference.user_id, 'correction_' || difference.kind, 'numerator',
                       CASE WHEN difference.kind LIKE 'promise%%' THEN 'collection.promise'
                            ELSE 'account.move.line' END, difference.res_id, difference.item_id,
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
                money=self.env["collection.indicator"]._get_money_sql(company, first, stop),
                promises=self.env["collection.indicator"]._get_promise_rows_sql(
                    company, first, stop
                ),
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
        for kind in ("promise_count", "promise_value"):
            kept, promised = figures[kind]
            figures[kind] = (max(kept + figures[f"correction_{kind}"][0], 0), promised)

    def _prepare_lines(self, figures, targets, days, expected):
        """Set grade and score of one draft and return the values of its lines."""
        self.ensure_one()
        indicator_model = self.env["collection.indicator"]
        figures = defaultdict(lambda: NO_FIGURE, figures)
        corrected_loss = figures["correction_bad_debt"][0]
        self._add_rates(figures)
        method = self.company_id.collection_recovery_method or "all"
        lines, measured = [], []
        for kind, _label in INDICATORS:
            part, whole = figures[kind]
            value = indicators.rate(part, whole)
            target = targets.get(kind)
            line = indicator_model._prepare_figure(
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
            lines.append(indicator_model._prepare_figure(
                kind, "percent", *figures[kind], indicators.rate(*figures[kind])
            ))
        lines.append(indicator_model._prepare_figure(
            "cash_per_hour", "amount", *figures["cash_per_hour"],
            indicators.per_hour(*figures["cash_per_hour"]),
        ))
        lines += [
            indicator_model._prepare_figure(
                kind, "amount", figures[kind][0], 0, figures[kind][0]
            )
            for kind in sorted(AMOUNTS) if figures[kind][0] or kind == "credit_note"
        ]
        if self.is_team:
            noncash = figures["credit_note"][0] + figures["bad_debt"][0] - corrected_loss
            lines += indicator_model._get_ledger_figures(
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

    # The rows that a month's figures are sums of, in a table of the transaction (P5.2).

    @api.model
    def _collect_rows(self, company, month):
        """Everything that counts in the month, as rows of a table of this transaction."""
        stop = month + relativedelta(months=1)
        today = company._get_collection_today()
        indicator_model = self.env["collection.indicator"]
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.collection_assessment_row")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE collection_assessment_row ON COMMIT DROP AS
                SELECT counted.*, %(month)s::date AS month
                  FROM (%(money)s UNION ALL %(work)s) counted
                """,
                month=month,
                money=SQL(
                    "SELECT * FROM (%s) money",
                    indicator_model._get_money_sql(company, month, stop),
                ),
                work=indicator_model._get_work_sql(company, month, stop, today),
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
            owners=self.env["collection.indicator"]._get_owners_sql(company, start, stop),
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
