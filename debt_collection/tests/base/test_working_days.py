from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import BaseCase, tagged

from ...tools.steps import Span, split_due, stage_of_tier
from ...tools.working_days import deadline, nth_working_day
from .common import CollectionCommon


def day(text):
    return date.fromisoformat(f"2025-{text}")


@tagged("debt_collection")
class TestStepRules(BaseCase):
    """Deadlines and the choice of steps, as pure rules."""

    def test_nth_working_day(self):
        days = [day("09-26"), day("09-29"), day("09-30"), day("10-09")]
        for after, count, expected in [
            ("09-25", 1, "09-26"), ("09-26", 1, "09-29"), ("09-27", 1, "09-29"),
            ("09-28", 2, "09-30"), ("09-30", 1, "10-09"), ("09-26", 3, "10-09"),
        ]:
            with self.subTest(after=after, count=count):
                self.assertEqual(nth_working_day(days, day(after), count), day(expected))
        with self.assertRaises(ValueError):
            nth_working_day(days, day("09-30"), 2)

    def test_calendar_deadline(self):
        for due, offset, expected in [
            ("09-30", 0, "09-30"), ("09-30", 1, "10-01"), ("01-31", 31, "03-03"),
        ]:
            self.assertEqual(deadline(day(due), offset, "calendar", []), day(expected))

    def test_split_due(self):
        spans = {
            1: Span(day("09-01"), day("09-01")),
            2: Span(day("09-03"), day("09-05")),
            3: Span(day("09-20"), day("09-20")),
            4: Span(day("09-20"), day("09-20")),
            5: Span(day("10-10"), day("10-10")),
        }
        for as_of, recorded, made, skipped in [
            ("08-31", (), [], []),
            ("09-01", (), [1], []),
            ("09-03", (1,), [2], []),
            ("09-08", (), [1, 2], []),
            ("09-15", (), [2], [1]),
            ("09-20", (1, 2), [3, 4], []),
            ("10-01", (), [3, 4], [1, 2]),
            ("10-09", (1, 2, 3, 4), [], []),
            ("10-30", (1, 2), [5], [3, 4]),
        ]:
            with self.subTest(as_of=as_of, recorded=recorded):
                self.assertEqual(
                    split_due(spans, recorded, day(as_of), 7), (made, skipped)
                )

    def test_stage_of_tier(self):
        for position, count, stage in [
            (0, 3, "first"), (1, 3, "midterm"), (2, 3, "severe"),
            (0, 1, "first"), (1, 2, "severe"), (2, 5, "midterm"), (4, 5, "severe"),
        ]:
            with self.subTest(position=position, count=count):
                self.assertEqual(stage_of_tier(position, count), stage)


@tagged("post_install", "-at_install", "debt_collection")
class TestWorkingDays(CollectionCommon):
    """Working days of a company's calendar, holidays and make-up days included."""

    def _calendar(self, name, tz):
        return self.env["resource.calendar"].create({
            "name": name,
            "tz": tz,
            "attendance_ids": [
                Command.create({
                    "name": f"{weekday} {start}", "dayofweek": str(weekday),
                    "hour_from": start, "hour_to": start + 4,
                    "day_period": "morning" if start < 12 else "afternoon",
                })
                for weekday in range(5) for start in (8, 13)
            ],
        })

    def _declare(self, calendar, first, last, time_type):
        """Whole days in Shanghai, as the calendar keeps them: in UTC."""
        self.env["resource.calendar.leaves"].create({
            "name": "Public Holiday" if time_type == "leave" else "Make-up Day",
            "calendar_id": calendar.id,
            "company_id": False,
            "time_type": time_type,
            "date_from": datetime.combine(first, datetime.min.time()) - timedelta(hours=8),
            "date_to": datetime.combine(last, datetime.max.time()) - timedelta(hours=8, seconds=1),
        })

    def test_deadlines_of_the_facts(self):
        office = self._calendar("Monday to Friday", "UTC")
        china = self._calendar("China 2025", "Asia/Shanghai")
        for first, last in [("05-01", "05-05"), ("10-01", "10-08")]:
            self._declare(china, day(first), day(last), "leave")
        for extra in ("04-27", "09-28", "10-11"):
            self._declare(china, day(extra), day(extra), "other")
        for due, count, in_office, in_china in [
            ("09-26", 1, "09-29", "09-28"),
            ("09-26", 5, "10-03", "10-10"),
            ("09-30", 3, "10-03", "10-11"),
            ("04-30", 3, "05-05", "05-08"),
        ]:
            for calendar, expected in [(office, in_office), (china, in_china)]:
                with self.subTest(due=due, count=count, calendar=calendar.name):
                    self.env.company.resource_calendar_id = calendar
                    days = self.env.company._get_collection_working_days(
                        day(due), day(due) + timedelta(days=60)
                    )
                    self.assertEqual(nth_working_day(days, day(due), count), day(expected))

    def test_without_calendar_monday_to_friday(self):
        self.env.company.resource_calendar_id = False
        self.assertEqual(
            self.env.company._get_collection_working_days(day("09-26"), day("09-30")),
            [day("09-26"), day("09-29"), day("09-30")],
        )
        self.assertEqual(
            self.env.company._get_collection_working_days(day("09-30"), day("09-26")), []
        )
