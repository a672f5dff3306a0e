from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import ormcache

from .ir_cron_progress import Slice


class ResCompany(models.Model):
    """The days a company works on: its calendar, public holidays taken out (P3.4)."""

    _inherit = "res.company"

    collection_jiao_zheng = fields.Boolean(
        "整 After 角",
        default=True,
        help="Amounts in Chinese capitals that end with 角 close with 整.",
    )

    @api.model
    def _get_collection_companies(self):
        """All companies whose ledgers are collected, whoever asks."""
        return self.sudo().search([("active", "=", True)], order="id")

    @api.model
    def _get_collection_todays(self):
        """The date it is for each company, by company; no query once the companies are known."""
        now = fields.Datetime.now().replace(tzinfo=pytz.utc)
        return {
            self.browse(company_id): now.astimezone(pytz.timezone(tz)).date()
            for company_id, tz in self._get_collection_zones()
        }

    @api.model
    @ormcache()
    def _get_collection_zones(self):
        """Pairs of a company's id and the name of its time zone."""
        return tuple(
            (company.id, company._get_collection_tz())
            for company in self._get_collection_companies()
        )

    def _get_collection_today(self):
        """The date it is for the company: in the time zone of its address, else in UTC."""
        return self._get_collection_date(fields.Datetime.now())

    def _get_collection_date(self, moment):
        """The company's date at a moment given in UTC."""
        zone = pytz.timezone(self._get_collection_tz())
        return moment.replace(tzinfo=pytz.utc).astimezone(zone).date()

    def _get_collection_tz(self):
        """Name of the time zone of the company's address, else UTC."""
        self.ensure_one()
        tz = self.sudo().partner_id.tz
        return tz if tz in pytz.all_timezones_set else "UTC"

    # The days a company works on: its calendar, public holidays taken out (P3.4).

    def _get_collection_working_days(self, date_from, date_to):
        """The working days between two dates, both inclusive, ascending.

        Monday to Friday where the company has no calendar. A make-up day, on which people
        work although the calendar has no hours, is an entry of the type "Other" among the
        calendar's public holidays.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar:
            days = ((date_to - date_from).days + 1) if date_to >= date_from else 0
            dates = (date_from + timedelta(days=number) for number in range(days))
            return [date for date in dates if date.weekday() < 5]
        zone = pytz.timezone(calendar.tz or "UTC")
        start, end = (
            zone.localize(datetime.combine(date, moment))
            for date, moment in ((date_from, time.min), (date_to, time.max))
        )
        intervals = calendar._work_intervals_batch(start, end)[False]
        days = {begin.astimezone(zone).date() for begin, _end, _meta in intervals}
        return sorted(days | self._get_make_up_days(start, end))

    def _get_make_up_days(self, start, end):
        """The days between two moments that the calendar declares worked in addition."""
        calendar = self.resource_calendar_id
        zone = pytz.timezone(calendar.tz or "UTC")
        # Nobody needs a right on calendars to know the company's working days.
        entries = self.env["resource.calendar.leaves"].sudo().search([
            ("resource_id", "=", False),
            ("time_type", "=", "other"),
            ("calendar_id", "in", [calendar.id, False]),
            ("company_id", "in", [self.id, False]),
            ("date_from", "<=", end.astimezone(pytz.utc).replace(tzinfo=None)),
            ("date_to", ">=", start.astimezone(pytz.utc).replace(tzinfo=None)),
        ])
        days = set()
        for entry in entries:
            first, last = (
                moment.replace(tzinfo=pytz.utc).astimezone(zone).date()
                for moment in (entry.date_from, entry.date_to)
            )
            first, last = max(first, start.date()), min(last, end.date())
            days.update(first + timedelta(days=number) for number in range((last - first).days + 1))
        return days

    # The jobs that work company by company.

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

    # In which language the system writes what people read later.

    def _in_collection_language(self, records, user=None):
        """The records in the language of a user, else in that of the company.

        Without either they stay in the language they are in.
        """
        # The language of a company or colleague is no secret; their address is.
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (user and user.sudo().lang, self.sudo().partner_id.lang, self.env.lang)
        return records.with_context(lang=next((lang for lang in wanted if lang in active), None))

