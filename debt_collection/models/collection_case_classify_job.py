from collections import deque

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

SLICE = 5_000
"""Items whose rows are locked at a time: who posts or reconciles them waits half a second."""


class CollectionCase(models.Model):
    """The nightly classification in slices, so that nobody waits for the whole ledger."""

    _inherit = "collection.case"

    @api.model
    def _cron_classify(self):
        """Classify company by company."""
        self.env["res.company"]._run_collection_job(self._classify_in_slices, "classification")

    @api.model
    def _classify_in_slices(self, company):
        """Do what `_classify` does, committed wherever this yields how much was done.

        Cases are opened for the whole company, so that they are shared out as one. What differs
        is then written customer by customer, and at the end the whole company is looked at
        once more: for what has changed meanwhile, and for customers with nothing left. What a
        slice did differs no more, so a run that was cut off goes on with the rest.

        A slice that meets somebody's payment is tried again in halves: the shorter it takes, the
        less anybody writes in between.
        """
        self._flush_for_classification()
        # The job works for everybody, on cases of every collector.
        cases_sudo = self.sudo()
        as_of = company._get_collection_today()
        items = self._get_overdue_items_sql(company, as_of)
        ids = cases_sudo._get_misfiled_item_ids(company, items)
        if len(ids) > SLICE:
            if opened := cases_sudo._open_cases(company, as_of, items):
                cases_sudo._analyze_cases()
                yield opened
            slices = deque(split_every(SLICE, ids))
            while slices:
                part = slices.popleft()
                done = len(part)
                try:
                    with self.env.cr.savepoint():
                        cases_sudo._classify_company(company, as_of, part, has_cases=True)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    half, done = (len(part) + 1) // 2, 0
                    slices.extendleft(filter(None, (part[half:], part[:half])))
                yield done
        cases_sudo._classify_company(company, as_of)

    @api.model
    def _get_misfiled_item_ids(self, company, items):
        """Ids of the overdue items with another tier or case than is due, customer by customer."""
        [(ids,)] = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(item.id ORDER BY item.partner_id, item.id)
                  FROM (%(items)s) item
                  JOIN account_move_line line ON line.id = item.id
             LEFT JOIN collection_case opened ON opened.partner_id = item.partner_id
                   AND opened.company_id = %(company)s AND opened.stage != 'closed'
                 WHERE line.collection_tier_id IS DISTINCT FROM item.tier_id
                    OR line.collection_case_id IS DISTINCT FROM opened.id
                    OR (opened.id IS NULL AND item.partner_id IS NOT NULL)
                """,
                items=items,
                company=company.id,
            )
        )
        return ids or []
