import logging
from collections import deque

from odoo import api, models
from odoo.tools import split_every

from .collection_case_escalate import BATCH

_logger = logging.getLogger(__name__)


class CollectionCase(models.Model):
    """The nightly escalation in slices, each committed with all that it sent (P3.4–P3.6)."""

    _inherit = "collection.case"

    @api.model
    def _cron_escalate(self):
        """Bring promises, plans, holds and limitation up to date, then escalate in slices."""

        def judge(company):
            today = company._get_collection_today()
            cases = company._in_collection_language(self)
            cases._end_expired_holds(today, company)
            cases.env["collection.dispute"]._remind_late(today, company)
            cases.env["collection.promise"]._evaluate(today, company)
            cases.env["collection.plan"]._evaluate(today, company)
            cases._update_limitation_of(company)

        goes_on = self._is_escalation_unfinished()
        self.env["res.company"]._run_collection_job(judge, "preparing the escalation")
        self._escalate_and_commit(goes_on)

    @api.model
    def _is_escalation_unfinished(self):
        """Whether the job's last run was cut off: then the cases it did are left out."""
        context = self.env.context
        last_sudo = self.env["ir.cron.progress"].sudo().search(
            [
                ("cron_id", "=", context.get("cron_id")),
                ("id", "<", context.get("ir_cron_progress_id") or 0),
            ],
            order="id desc",
            limit=1,
        )
        return bool(last_sudo.remaining)

    @api.model
    def _escalate_and_commit(self, goes_on):
        """Escalate all companies' cases; what a slice did is committed at its end.

        A slice that fails is tried again in halves, in a transaction of its own, until the
        case at fault is alone: it is logged, and all others get their steps. So it is when
        two workers meet: the second sees the steps of the first when it tries again.

        :param goes_on: leave out the cases that were done today
        """
        slices = deque()
        for company in self.env["res.company"]._get_collection_companies():
            today = company._get_collection_today()
            domain = [("date_escalated", "!=", today)] if goes_on else []
            case_ids = self._get_open_case_ids(company, domain)
            slices += [(company, today, ids) for ids in split_every(BATCH, case_ids)]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=sum(len(ids) for _company, _today, ids in slices))
        while slices:
            company, today, ids = slices.popleft()
            done = len(ids)
            try:
                with self.env.cr.savepoint():
                    self._escalate_slice(company, today, ids)
            # Whatever fails for one case must not keep the others from their steps.
            except Exception:
                if len(ids) == 1:
                    _logger.exception("Collections: the case with id %s was left out.", ids[0])
                else:
                    half = len(ids) // 2
                    slices += [(company, today, ids[:half]), (company, today, ids[half:])]
                    done = 0
            if not progress(done):
                break
