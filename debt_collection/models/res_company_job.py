import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class ResCompany(models.Model):
    """The jobs that work company by company."""

    _inherit = "res.company"

    def _get_collection_lang(self):
        """The language of what is written for the company by a job, or frozen in its records."""
        self.ensure_one()
        return self.sudo().partner_id.lang or self.env.lang

    @api.model
    def _run_collection_job(self, job, name):
        """Do a job in every company, each in its own transaction.

        A company that fails is logged and left for the next run, the others go on.

        :param job: function of a company
        :param name: what the job does, for the log
        """
        companies = self._get_collection_companies()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    job(company)
            # Whatever fails in one company must not keep the others from theirs.
            except Exception:
                _logger.exception("Collections: %s of %s failed.", name, company.name)
            if not progress(1):
                break
