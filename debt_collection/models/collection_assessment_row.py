from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL


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
                  FROM collection_assessment_row
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

    def _freeze_rows(self, company, assessments):
        """Keep the rows behind the figures of these drafts, in one statement."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_assessment_source (
                       line_id, company_id, role, model, res_id, item_id, name, partner_id, date,
                       amount, tier_code, month)
                SELECT line.id, %(company)s, counted.role, counted.model, counted.res_id,
                       counted.item_id, counted.name, counted.partner_id, counted.date,
                       counted.amount, counted.tier_code, counted.month
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
