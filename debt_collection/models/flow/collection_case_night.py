from collections import deque

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ..base.ir_cron_progress import Slice
from ..case.collection_case_classify import SLICE
from ..chase.collection_case import BATCH


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

    def _classify_company(self, company, as_of, line_ids=None, done=()):
        """Classify a company's items as of a day, or those of ``line_ids`` only.

        :param done: ids of cases that were looked at a moment ago: again only if an item of
            theirs is written now
        """
        items = self._get_overdue_items_sql(company, as_of, line_ids)
        opened = self._open_cases(company, as_of, items)
        if opened and line_ids is None:
            self._analyze_cases()
        lines = self._write_item_tiers(company, as_of, line_ids)
        cases = None
        if done:
            changed = self._get_ids_of_items("collection_case_id", lines)
            cases = list({*self._get_open_case_ids(company)} - {*done} | {*changed})
        updated, closed = self._update_collection_figures(
            company, as_of, only_lines=line_ids, only_cases=cases
        )
        self._invalidate_classified()
        if opened:
            # From the day of the classification, with its figures.
            self._begin_assignments(company, as_of)
        return {"lines": len(lines), "opened": opened, "updated": updated, "closed": closed}

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
    def _classify_slice(self, company, as_of, misfiled):
        """Write some of the items that were listed, and bring their cases up to date.

        :param misfiled: list of tuples of an item's id, its tier and its case
        :return: the ids of the items
        """
        ids, tiers, cases = zip(*misfiled, strict=True)
        self._write_tiers(company, ids, tiers, cases)
        self._update_collection_figures(company, as_of, only_lines=ids)
        self._invalidate_classified()
        return ids

    @api.model
    def _classify_in_slices(self, company):
        """Do what `_classify` does, committed wherever this yields how much was done.

        Cases are opened for the whole company, so that they are shared out as one. What differs
        is listed once, then written customer by customer, and at the end the whole company is
        looked at once more: for what has changed meanwhile, and for customers with nothing left.
        What a slice did differs no more, so a run that was cut off goes on with the rest.

        A slice that meets somebody's payment is tried again in halves: the shorter it takes, the
        less anybody writes in between.
        """
        self._flush_for_classification()
        # The job works for everybody, on cases of every collector.
        cases_sudo = self.sudo()
        as_of = company._get_collection_today()
        done_ids = []
        if len(cases_sudo._get_misfiled_items(company, as_of)[0]) > SLICE:
            items = self._get_overdue_items_sql(company, as_of)
            if opened := cases_sudo._open_cases(company, as_of, items):
                cases_sudo._analyze_cases()
                yield opened
            misfiled = zip(*cases_sudo._get_misfiled_items(company, as_of), strict=True)
            slices = deque(split_every(SLICE, misfiled))
            while slices:
                part = slices.popleft()
                done = len(part)
                try:
                    with self.env.cr.savepoint():
                        done_ids += cases_sudo._classify_slice(company, as_of, part)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    half, done = (len(part) + 1) // 2, 0
                    slices.extendleft(filter(None, (part[half:], part[:half])))
                yield done
        cases_sudo._classify_company(
            company, as_of, done=cases_sudo._get_ids_of_items("collection_case_id", done_ids)
        )
        # Of the cases that were opened before the slices.
        self._begin_assignments(company, as_of)

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
