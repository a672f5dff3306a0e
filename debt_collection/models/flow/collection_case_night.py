from collections import deque

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, split_every

from ..base.ir_cron_progress import Slice
from ..chase.collection_case import BATCH

SLICE = 5_000
"""Items whose rows are locked at a time: who posts or reconciles them waits half a second."""


class CollectionCase(models.Model):
    """One night: the ledger is classified, then what people agreed is judged, then cases move.

    The jobs run the same pieces in slices, each committed with all that it sent (P3.1–P3.6).
    """

    _inherit = "collection.case"

    @api.model
    def _run_night(self, company, as_of=None):
        """Do all that a night does for one company; running it again does nothing.

        :param date as_of: the day taken as today; by default the company's own today
        :return: dict of the counts of both halves, see `_classify` and `_escalate`
        """
        return self._classify(as_of, company) | self._escalate(as_of, company)

    @api.model
    def _classify(self, as_of=None, companies=None):
        """Set tiers on items and invoices; open, update and close cases: the first half.

        :param date as_of: the day taken as today, on the ledger as it stands; by default
            each company's own today
        :param companies: the companies to do; all of them when not given
        :return: dict of counts ``lines`` (tiers set), ``opened``, ``updated``, ``closed``
        """
        companies = companies or self.env["res.company"]._get_collection_companies()
        counts = dict.fromkeys(("lines", "opened", "updated", "closed"), 0)
        self._flush_for_classification()
        for company in companies:
            done = self.sudo()._classify_company(
                company, fields.Date.to_date(as_of) or company._get_collection_today()
            )
            for key, value in done.items():
                counts[key] += value
        return counts

    def _classify_company(self, company, as_of, line_ids=None, has_cases=False):
        """Classify a company's items as of a day, or those of ``line_ids`` only.

        :param has_cases: whether every customer's case was opened before
        """
        items = self._get_overdue_items_sql(company, as_of, line_ids)
        opened = 0 if has_cases else self._open_cases(company, as_of, items)
        if opened and line_ids is None:
            self._analyze_cases()
        lines = self._write_item_tiers(company, items, line_ids)
        self._write_invoice_tiers(company, line_ids)
        updated, closed = self._update_collection_figures(company, as_of, only_lines=line_ids)
        self._invalidate_classified()
        if opened:
            # From the day of the classification, with its figures.
            self._begin_assignments(company, as_of)
        return {"lines": lines, "opened": opened, "updated": updated, "closed": closed}

    @api.model
    def _escalate(self, as_of=None, companies=None):
        """Judge what was agreed, move stages, make the steps that are due: the second half.

        :param date as_of: the day taken as today; by default each company's own today
        :param companies: the companies to do; all of them when not given
        :return: dict of counts ``moved``, ``steps``, ``paused``, ``warned``
        """
        companies = companies or self.env["res.company"]._get_collection_companies()
        counts = dict.fromkeys(("moved", "steps", "paused", "warned"), 0)
        for company in companies:
            today = fields.Date.to_date(as_of) or company._get_collection_today()
            self._prepare_escalation(company, today)
            for batch in split_every(BATCH, self._get_open_case_ids(company)):
                for key, value in self._escalate_slice(company, today, batch).items():
                    counts[key] += value
        return counts

    @api.model
    def _prepare_escalation(self, company, as_of):
        """Bring holds, disputes, promises, plans and limitation of a company up to date.

        Stages, priorities and steps count them.
        """
        cases = company._in_collection_language(self)
        cases._end_expired_holds(as_of, company)
        cases.env["collection.dispute"]._remind_late(as_of, company)
        cases.env["collection.promise"]._evaluate(as_of, company)
        cases.env["collection.plan"]._evaluate(as_of, company)
        cases._update_limitation_of(company, as_of)
        cases.env["collection.rate"]._remind_outdated(company, as_of)
        cases.env["collection.trial"]._judge(company, as_of)

    @api.model
    def _cron_classify(self):
        """The first half of the night, company by company."""
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
        # Of the cases that were opened before the slices.
        self._begin_assignments(company, as_of)

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

    @api.model
    def _cron_escalate(self):
        """The second half of the night: what was agreed company by company, cases in slices."""

        def prepare(company):
            self._prepare_escalation(company, company._get_collection_today())

        title = "preparing the escalation"
        if self.env["res.company"]._run_collection_job(prepare, title, more=1):
            self._escalate_and_commit()

    @api.model
    def _escalate_and_commit(self):
        """Escalate all companies' cases; what a slice did is committed at its end.

        Of two workers that meet, the second sees the steps of the first when it tries again.
        """
        slices = []
        for company in self.env["res.company"]._get_collection_companies():
            slices += self._get_escalation_slices(company, company._get_collection_today())
        self.env["ir.cron"]._run_collection_slices(slices, "the escalation")

    @api.model
    def _get_escalation_slices(self, company, today):
        """A company's open cases, in ascending order of their ids."""

        def escalate(cases):
            self._escalate_slice(company, today, cases.ids)

        return [
            Slice(f"escalate|{company.id}|{today}", ids[-1], self.browse(ids), escalate)
            for ids in split_every(BATCH, self._get_open_case_ids(company))
        ]
