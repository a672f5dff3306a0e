from odoo import api, models

from .ir_cron_marks import Slice


class ResCompany(models.Model):
    """The jobs that work company by company."""

    _inherit = "res.company"

    @api.model
    def _run_collection_job(self, job, title, more=0):
        """Do a job in every company, each in its own transaction.

        A company that fails is logged and left for the next run, the others go on. A run that is
        cut off goes on with the companies that it has not done on their day.

        :param job: function of a company; a generator is committed wherever it yields how
            much it has done
        :param title: what the job does, for the log
        :param more: what is to be done afterwards, see `ir.cron._run_collection_slices`
        :return: whether all companies are done and there is time for more
        """
        return self.env["ir.cron"]._run_collection_slices(
            [
                Slice(f"{title}|{company.id}|{company._get_collection_today()}", 0, company, job)
                for company in self._get_collection_companies()
            ],
            title,
            more,
        )
