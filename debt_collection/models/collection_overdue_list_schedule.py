from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..tools.list_day import list_day


class CollectionOverdueList(models.Model):
    _inherit = "collection.overdue.list"

    @api.model
    def _cron_generate(self):
        """Make the month's draft in every company whose day has come (P3.2).

        A day missed because the server was down is caught up on the next run.
        """
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate_when_due(
                company, company._get_collection_today()
            ),
            "the overdue list",
        )

    @api.model
    def _generate_when_due(self, company, today):
        """The list of the latest day that has come, if none was made since.

        Next month's day counts too: moved to the working day before, it may be in this month.
        """
        policy = self.env["collection.policy"]._get_default(company)
        days = [
            list_day(
                month.year, month.month, policy.collection_day,
                lambda date: bool(company._get_collection_working_days(date, date)),
            )
            for month in (today, today + relativedelta(months=1))
        ]
        come = max((day for day in days if day <= today), default=None)
        if come is None or self.search_count(
            [("company_id", "=", company.id), ("date", ">=", come), ("date", "<=", today)],
            limit=1,
        ):
            return self.browse()
        return self._generate(today, company)
