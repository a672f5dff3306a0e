from collections import defaultdict
from datetime import timedelta
from functools import partial
from math import sqrt

from odoo import api, models

from ...tools.payment_outlook import PROBABILITY_DAYS, get_band, get_day_of


class CollectionCashForecast(models.Model):
    """When each open item will be paid, by what was known on a day, and how well that held."""

    _name = "collection.cash.forecast"
    _inherit = [
        "collection.cash.forecast", "collection.outlook.ledger", "collection.outlook.agreement",
        "collection.outlook.backtest",
    ]

    # The outlook of items, and of weeks

    @api.model
    def _get_payment_outlook(self, as_of, companies=None):
        """When each item that is open on a day will be paid. Nothing is written.

        Only what was known at the end of ``as_of`` counts: items issued, payments dated,
        promises made, plans accepted, disputes opened and legal actions approved by then.

        :return: list of dicts ``line_id date_expected date_early date_late probability``: the
            days by which it is paid with 50, 10 and 90 %, two years ahead at the latest, and
            the chance that it is paid within 7, 14, 30, 60 and 90 days
        """
        rows = []
        for company in companies or self.env.companies:
            ledger = self._read_ledger(company, as_of)
            for item in ledger["items"]:
                days, probability = self._get_item_outlook(ledger, item)
                early, expected, late = (as_of + timedelta(days=number) for number in days)
                rows.append({
                    "line_id": item[0],
                    "date_expected": expected,
                    "date_early": early,
                    "date_late": late,
                    "probability": probability,
                })
        return rows

    @api.model
    def _get_cash_outlook(self, as_of, weeks=8, companies=None):
        """The cash of the next weeks from items open on a day, in company currency.

        The first week begins the day after ``as_of``. Nothing is written. Several companies
        are summed in the currency of the first.

        :return: list of dicts ``date_from date_to expected low high``; four weeks out of five
            lie between low and high
        """
        companies = companies or self.env.companies
        currency = companies[:1].currency_id
        expected, variance = [0.0] * weeks, [0.0] * weeks
        for company in companies:
            rate = company.currency_id._get_conversion_rate(
                company.currency_id, currency, company, as_of
            )
            ledger = self._read_ledger(company, as_of)
            for week, (amount, spread) in enumerate(self._get_weeks(ledger, weeks)):
                expected[week] += amount * rate
                variance[week] += (spread * rate) ** 2
        rows = []
        for week in range(weeks):
            low, high = get_band(expected[week], sqrt(variance[week]))
            rows.append({
                "date_from": as_of + timedelta(days=7 * week + 1),
                "date_to": as_of + timedelta(days=7 * week + 7),
                "expected": currency.round(expected[week]),
                "low": currency.round(low),
                "high": currency.round(high),
            })
        return rows

    @api.model
    def _get_item_outlook(self, ledger, item):
        """Days until 10, 50 and 90 %, and the chances, of one open item."""
        line_id, customer, due = item[:3]
        outlook = ledger["outlook"]
        special = ledger["special"].get(line_id)
        if special is None:
            return outlook.get_days(customer, due), outlook.get_probabilities(customer, due)
        return (
            [get_day_of(special, share) for share in (0.1, 0.5, 0.9)],
            {days: special(days) for days in PROBABILITY_DAYS},
        )

    @api.model
    def _get_item_chance(self, ledger, item):
        """The chance of an open item as a function of days."""
        return ledger["special"].get(item[0]) or partial(
            ledger["outlook"].get_chance, item[1], item[2]
        )

    @api.model
    def _get_weeks(self, ledger, weeks):
        """The expected cash of each week and its standard deviation."""
        outlook = ledger["outlook"]
        parts = self._get_week_parts(ledger, weeks)
        return [
            (
                sum(rows[week][0] for rows in parts.values()),
                outlook.width * outlook.get_spread(rows[week][1:] for rows in parts.values()),
            )
            for week in range(weeks)
        ]

    @api.model
    def _get_week_parts(self, ledger, weeks, key=None):
        """What the open items of each customer bring in each of the next weeks.

        :param key: function of an item; by default its customer
        :return: by key, for each week a list of the cash expected, its variance if the items
            were paid independently, and its standard deviation if they are all paid together
        """
        parts = defaultdict(lambda: [[0.0, 0.0, 0.0] for _week in range(weeks)])
        for item in ledger["items"]:
            rows, residual = parts[key(item) if key else item[1]], item[3]
            chance = self._get_item_chance(ledger, item)
            before = 0.0
            for week in range(weeks):
                after = chance(7 * week + 7)
                step = max(0.0, after - before)
                before = after
                if step > 1e-6:
                    spread = residual * sqrt(step * max(0.0, 1 - step))
                    entry = rows[week]
                    entry[0] += residual * step
                    entry[1] += spread * spread
                    entry[2] += spread
        return parts
