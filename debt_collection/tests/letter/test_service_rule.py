from datetime import date

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ...tools.service_failure import tell_failure
from ...tools.statement_days import next_day


def raised(error, cause):
    """The error as it is caught, with what led to it."""
    error.__context__ = cause
    return error


def answered(status):
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(str(status), response=response)


NO_ROUTE = requests.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(None, "refused"))
)


@tagged("post_install", "-at_install", "debt_collection")
class TestServiceRule(BaseCase):
    def test_what_a_failure_means(self):
        """A time-out may come after the service took the letter; a refused connection may not."""
        for error, expected in (
            (NO_ROUTE, "waiting"),
            (requests.ConnectTimeout(), "waiting"),
            (requests.ReadTimeout(), "unknown"),
            (requests.ConnectionError("closed"), "unknown"),
            (answered(400), "refused"), (answered(403), "refused"), (answered(404), "refused"),
            (answered(408), "unknown"), (answered(409), "unknown"), (answered(429), "unknown"),
            (answered(500), "unknown"), (answered(503), "unknown"),
            (raised(AccessError("timed out"), requests.ReadTimeout()), "unknown"),
            (raised(AccessError("no route"), NO_ROUTE), "waiting"),
            (raised(AccessError("server"), ValueError("their error")), "unknown"),
            (UserError("No number"), "refused"),
            (KeyError("price"), "unknown"),
        ):
            with self.subTest(error=repr(error)):
                self.assertEqual(tell_failure(error, (UserError,)), expected)

    def test_next_day_of_statements(self):
        for after, rhythm, number, expected in (
            (date(2025, 9, 30), "days", 14, date(2025, 10, 14)),
            (date(2025, 9, 30), "month", 1, date(2025, 10, 1)),
            (date(2025, 9, 1), "month", 1, date(2025, 10, 1)),
            (date(2025, 1, 31), "month", 31, date(2025, 2, 28)),
            (date(2025, 2, 27), "month", 31, date(2025, 2, 28)),
            (date(2025, 2, 28), "month", 31, date(2025, 3, 31)),
            (date(2024, 1, 31), "month", 30, date(2024, 2, 29)),
            (date(2025, 12, 5), "month", 5, date(2026, 1, 5)),
            (date(2025, 12, 4), "month", 5, date(2025, 12, 5)),
        ):
            with self.subTest(after=after, rhythm=rhythm, number=number):
                self.assertEqual(next_day(after, rhythm, number), expected)
