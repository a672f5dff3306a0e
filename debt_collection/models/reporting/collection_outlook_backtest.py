from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools.outlook_marks import RULES, Marks
from .collection_outlook_ledger import READ_FIRST, joined_by_hash


class CollectionOutlookBacktest(models.AbstractModel):
    """The outlook marked on the company's own past."""

    _name = "collection.outlook.backtest"
    _description = "Outlook Marked on the Past"

    @api.model
    def _backtest(self, date_from, date_to, step_days=14, weeks=4, companies=None):
        """What the outlook would have said on past days, beside what came. Nothing is written.

        Each day sees only what was known on it. "due_date" expects each item on its due date,
        "usual_delay" that many days after it which the customer took in the year before;
        both expect today what is late already.

        :return: dict of ``error_week error_total`` of the outlook, ``due_date`` and
            ``usual_delay`` each (absolute error over cash, by week and over all ``weeks``),
            ``inside`` (share of weeks within the band), ``brier`` by days and rule,
            ``calibration`` (tuples ``said came count`` by tenths, within 30 days),
            ``is_better`` (than the usual delay, week by week), ``weeks`` (a dict a week)
        """
        marks = Marks(weeks)
        for company in companies or self.env.companies:
            came = self._read_came(company, date_from, date_to + timedelta(days=7 * weeks + 90))
            day = date_from
            while day <= date_to:
                self._mark(marks, company, day, weeks, came)
                day += timedelta(days=step_days)
        return marks.get_result()

    @api.model
    @joined_by_hash
    def _read_came(self, company, date_from, date_to):
        """The cash of each item between two days, the first not: ``[(ordinal, amount)]``."""
        for name in READ_FIRST:
            self.env[name].flush_model()
        came = defaultdict(list)
        for line_id, day, amount in self.env.execute_query(SQL(
            """SELECT item_id, day - DATE '0001-01-01' + 1, amount::float
                 FROM (%s) event WHERE is_cash""",
            self._get_cash_events_sql(company, date_from, date_to),
        )):
            came[line_id].append((day, amount))
        return came

    @api.model
    def _mark(self, marks, company, as_of, weeks, came):
        ledger = self._read_ledger(company, as_of)
        usual = self._get_usual_delays(company, as_of)
        rows = self._get_weeks(ledger, weeks)
        actual, by_rule = [0.0] * weeks, {name: [0.0] * weeks for name in RULES}
        today = as_of.toordinal()
        for item in ledger["items"]:
            line_id, customer, due, residual = item
            paid = [(day - today, part) for day, part in came.get(line_id, ()) if day > today]
            for days, part in paid:
                if days <= 7 * weeks:
                    actual[(days - 1) // 7] += part
            chance = self._get_item_chance(ledger, item)
            delay = usual.get(customer, usual[None])
            guesses = {
                "due_date": max(1, (due - as_of).days),
                "usual_delay": max(1, (due - as_of).days + delay),
            }
            for name, days in guesses.items():
                if days <= 7 * weeks:
                    by_rule[name][(days - 1) // 7] += residual
            for days in (14, 30):
                share = min(1.0, sum(part for number, part in paid if number <= days) / residual)
                marks.add_item(days, chance(days), guesses, share)
        marks.add_weeks(company, as_of, rows, actual, by_rule)

    @api.model
    @joined_by_hash
    def _get_usual_delays(self, company, as_of):
        """Days late of the year before a day, weighted by amount, by customer; None: of all."""
        sums = {None: [0.0, 0.0]}
        for customer, amount, days in self.env.execute_query(SQL(
            """
            SELECT partner.commercial_partner_id, SUM(event.amount)::float,
                   SUM(event.amount * (event.day - COALESCE(line.date_maturity, line.date)))::float
              FROM (%s) event
              JOIN account_move_line line ON line.id = event.item_id
               AND line.parent_state = 'posted'
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
             WHERE event.is_cash GROUP BY partner.commercial_partner_id
            """,
            self._get_cash_events_sql(company, as_of - timedelta(days=365), as_of),
        )):
            sums.setdefault(customer, [0.0, 0.0])
            for key in {customer, None}:
                sums[key][0] += amount
                sums[key][1] += days
        return {key: round(days / amount) if amount else 0 for key, (amount, days) in sums.items()}
