from datetime import datetime, time, timedelta

import pytz

from odoo import models


class ResCompany(models.Model):
    """The days a company works on: its calendar, public holidays taken out (P3.4)."""

    _inherit = "res.company"

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
