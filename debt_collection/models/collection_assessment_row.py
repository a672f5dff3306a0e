import json
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

LINE_COLUMNS = {
    "sequence": "int", "kind": "varchar", "is_indicator": "boolean", "detail": "varchar",
    "method": "varchar", "unit": "varchar", "numerator": "numeric", "denominator": "numeric",
    "value": "numeric", "has_data": "boolean", "low_sample": "boolean", "has_target": "boolean",
    "target": "numeric", "weight": "numeric", "direction": "varchar", "is_met": "boolean",
}

UNSET = {name: False for name, kind in LINE_COLUMNS.items() if kind == "boolean"}


class CollectionAssessment(models.Model):
    """The rows that a month's figures are sums of, in a table of the transaction (P5.2).

    Counted once for all collectors, summed, and kept behind the figures as they are.
    """

    _inherit = "collection.assessment"

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
