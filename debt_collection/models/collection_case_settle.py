from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class CollectionCase(models.Model):
    """A case's figures follow the ledger, and a case with nothing overdue left is closed.

    It closes as paid when an item of it was settled, as written off when a write-off was what
    settled it last; as cancelled when its items were only withdrawn: reset to draft,
    cancelled, given a later due date, excluded from follow-up.
    """

    _inherit = "collection.case"

    def _update_collection_figures(self, company, as_of, only_lines=None):
        """Sum the overdue items into their cases; close those that are settled.

        :param as_of: the day that a case is closed on
        :param only_lines: ids of items, to look at their cases only
        :return: tuple of the numbers of cases updated and closed
        """
        only = only_held = SQL()
        if only_lines is not None:
            cases = self._get_ids_of_items("collection_case_id", only_lines)
            only = SQL("AND opened.id = ANY(%s)", cases)
            only_held = SQL("AND line.collection_case_id = ANY(%s)", cases)
        rows = self.env.execute_query(
            SQL(
                """
                -- Cases and items are added up together, not joined: before a first run is analyzed
                -- the planner takes items of cases for few, and would read them once a case.
                WITH part AS (
                    SELECT line.collection_case_id AS case_id, line.collection_tier_id AS tier_id,
                           line.amount_residual AS overdue, line.date_maturity AS oldest
                      FROM account_move_line line
                     WHERE line.company_id = %(company)s AND line.collection_tier_id IS NOT NULL
                       %(only_held)s
                 UNION ALL
                    SELECT opened.id, NULL, 0, NULL
                      FROM collection_case opened
                     WHERE opened.company_id = %(company)s AND opened.stage != 'closed'
                       %(only)s
                ),
                held AS (
                    SELECT case_id, tier_id, SUM(overdue) AS overdue, MIN(oldest) AS oldest
                      FROM part
                  GROUP BY case_id, tier_id
                ),
                total AS (
                    SELECT held.case_id AS id, SUM(held.overdue) AS overdue,
                           MIN(held.oldest) AS oldest, COUNT(tier.id) AS tiers,
                           (ARRAY_AGG(tier.id ORDER BY tier.day_from DESC NULLS LAST))[1]
                               AS tier_id,
                           (ARRAY_AGG(tier.code ORDER BY tier.day_from DESC NULLS LAST))[1]
                               AS tier_code
                      FROM held
                 LEFT JOIN collection_tier tier ON tier.id = held.tier_id
                  GROUP BY held.case_id
                ),
                figure AS (
                    SELECT total.*,
                           -- Only of a case that nothing is overdue in: was there ever anything?
                           total.tiers = 0 AND (opened.tier_id IS NOT NULL OR EXISTS (
                               SELECT 1 FROM account_move_line past
                                WHERE past.collection_case_id = opened.id)) AS is_over
                      FROM total
                      JOIN collection_case opened ON opened.id = total.id
                       AND opened.company_id = %(company)s AND opened.stage != 'closed'
                )
                UPDATE collection_case opened
                   SET amount_overdue = figure.overdue,
                       date_oldest_due = figure.oldest,
                       tier_id = figure.tier_id,
                       tier_code = figure.tier_code,
                       amount_to_collect = GREATEST(figure.overdue
                           - COALESCE(opened.amount_promised, 0)
                           - COALESCE(opened.amount_disputed, 0)
                           - COALESCE(opened.amount_planned, 0), 0),
                       write_uid = %(uid)s, write_date = %(now)s
                  FROM figure
                 WHERE opened.id = figure.id
                   AND (opened.amount_overdue IS DISTINCT FROM figure.overdue
                        OR opened.date_oldest_due IS DISTINCT FROM figure.oldest
                        OR opened.tier_id IS DISTINCT FROM figure.tier_id
                        OR opened.tier_code IS DISTINCT FROM figure.tier_code
                        OR figure.is_over)
             RETURNING opened.id,
                       CASE WHEN NOT figure.is_over THEN NULL
                            WHEN EXISTS (
                                SELECT 1 FROM account_move_line settled
                                 WHERE settled.collection_case_id = opened.id
                                   AND settled.reconciled) THEN CASE
                                WHEN %(written_off)s THEN 'written_off' ELSE 'paid' END
                            ELSE 'cancelled' END
                """,
                company=company.id,
                only=only,
                only_held=only_held,
                written_off=self._get_written_off_sql(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        # What was read before is old; nothing of it waits to be written.
        self.invalidate_model(
            ["amount_overdue", "date_oldest_due", "tier_id", "tier_code", "amount_to_collect",
             "write_uid", "write_date"],
            flush=False,
        )
        over = defaultdict(list)
        for case_id, reason in rows:
            if reason:
                over[reason].append(case_id)
        for reason, case_ids in sorted(over.items()):
            self.browse(case_ids)._do_close(reason, as_of)
        if over:
            # The classification goes on in SQL, and forgets what it has read.
            self.flush_model()
        closed = sum(map(len, over.values()))
        return len(rows) - closed, closed

    @api.model
    def _get_written_off_sql(self):
        """Whether a write-off was the last to settle an item of the case ``opened``.

        Read for cases that close only. Exchange differences follow from a settlement and are
        none themselves.
        """
        return SQL(
            """COALESCE((
                SELECT counterpart.collection_writeoff_line_id IS NOT NULL
                  FROM account_move_line held
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = held.id
                  JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                  JOIN res_company company ON company.id = held.company_id
                 WHERE held.collection_case_id = opened.id
                   AND counterpart.journal_id IS DISTINCT FROM
                       company.currency_exchange_journal_id
              ORDER BY partial.id DESC LIMIT 1), FALSE)"""
        )
