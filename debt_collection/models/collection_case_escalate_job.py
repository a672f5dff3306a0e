from odoo import api, models
from odoo.tools import split_every

from .collection_case_escalate import BATCH
from .ir_cron_marks import Slice


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

        title = "preparing the escalation"
        if self.env["res.company"]._run_collection_job(judge, title, more=1):
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
