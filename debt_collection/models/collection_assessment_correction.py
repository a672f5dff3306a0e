from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

LOOK_BACK = 3
"""Months that a new assessment compares with what was frozen for them."""


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
