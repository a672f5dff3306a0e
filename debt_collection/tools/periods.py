"""Weeks and months that are over, as reports name them."""

from datetime import date, timedelta


def last_week(today: date) -> tuple[date, date]:
    """Monday and Sunday of the last week that is over on a day (ISO 8601 weeks)."""
    sunday = today - timedelta(days=today.isoweekday())
    return sunday - timedelta(days=6), sunday


def last_month(today: date) -> tuple[date, date]:
    """First and last day of the last month that is over on a day."""
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end
