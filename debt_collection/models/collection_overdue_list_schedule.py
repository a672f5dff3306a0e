import logging
from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..tools.list_day import list_day

_logger = logging.getLogger(__name__)


class CollectionOverdueList(models.Model):
    _inherit = "collection.overdue.list"

    @api.model
    def _cron_generate(self):
        """Make the month's draft in every company whose day has come (P3.2).

        A day missed because the server was down is caught up on the next run.
        """
        companies = self.env["res.company"]._get_collection_companies()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._generate_when_due(company, company._get_collection_today())
            # Whatever fails in one company must not keep the others from their lists.
            except Exception:
                _logger.exception("Collections: the overdue list of %s failed.", company.name)
            if not progress(1):
                break

    @api.model
    def _generate_when_due(self, company, today):
        """The list of the latest day that has come, if none was made since.

        Next month's day counts too: moved to the working day before, it may be in this month.
        """
        policy = self.env["collection.policy"]._get_default(company)
        days = [
            list_day(
                month.year, month.month, policy.collection_day,
                lambda date: self._is_working_day(company, date),
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

    @api.model
    def _is_working_day(self, company, date):
        """Whether the company's calendar, public holidays included, has work on the date."""
        calendar = company.resource_calendar_id
        if not calendar:
            return date.weekday() < 5
        zone = pytz.timezone(calendar.tz or "UTC")
        start, end = (
            zone.localize(datetime.combine(date, moment)) for moment in (time.min, time.max)
        )
        return bool(calendar.get_work_hours_count(start, end, compute_leaves=True))
