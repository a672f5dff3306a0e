from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.indicators import half_up


class CollectionAssessment(models.Model):
    """How hard a portfolio is, beside the grade: what such items brought in before (P5.2)."""

    _inherit = "collection.assessment"

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
