from collections import defaultdict
from datetime import timedelta
from math import sqrt

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.payment_outlook import Z_80, get_band

WEEKS = 8
MARKED_WEEKS = 4
PAST_DAYS = 364
ENOUGH = 12  # weeks that are over, before one rule is preferred to the other


class CollectionCashOutlook(models.Model):
    """The cash expected in a week with its band, kept as it was said, and what came.

    Said once a week for the eight weeks that follow, from the items open on that day, and never
    changed. When a week is over, the cash that came for these items is written beside it.
    """

    _name = "collection.cash.outlook"
    _description = "Cash Outlook of a Week"
    _inherit = "collection.mixin"
    _order = "as_of desc, week, id"
    _rec_name = "date_from"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Date("Said On", required=True, readonly=True)
    week = fields.Integer("Weeks Ahead", required=True, readonly=True, aggregator=None)
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    method = fields.Selection(
        [("outlook", "Payment Outlook"), ("usual", "Payment Behavior")], "Rule Shown",
        required=True, readonly=True,
        help="The usual delay is shown where it was closer to the cash of the last half year.",
    )
    expected = fields.Monetary(readonly=True)
    low = fields.Monetary(readonly=True, help="One week out of ten brings less.")
    high = fields.Monetary(readonly=True, help="One week out of ten brings more.")
    came = fields.Monetary(
        "Received", readonly=True, help="Cash for the items that were open on the day."
    )
    is_over = fields.Boolean("Over", readonly=True)
    is_inside = fields.Boolean("Within Band", readonly=True)
    is_replayed = fields.Boolean(
        "Replayed", readonly=True,
        help="Computed afterwards, from what was known on that day.",
    )
    amount_outlook = fields.Monetary("By Payment Outlook", readonly=True)
    amount_usual = fields.Monetary("By Payment Behavior", readonly=True)
    amount_due = fields.Monetary("By Due Date", readonly=True)
    error_outlook = fields.Monetary("Missed by Payment Outlook", readonly=True)
    error_usual = fields.Monetary("Missed by Payment Behavior", readonly=True)
    error_due = fields.Monetary("Missed by Due Date", readonly=True)
    _once = models.UniqueIndex(
        "(company_id, as_of, week)", "A week's cash is said once on a day."
    )

    @api.model
    def _keep(self, company, today):
        """Once a week say what is expected, and mark the weeks that are over."""
        # The job's own records, whoever runs it.
        outlooks_sudo = self.sudo()
        outlooks_sudo._mark(company, today)
        latest = outlooks_sudo.search(
            [("company_id", "=", company.id), ("is_replayed", "=", False)], limit=1
        )
        # A week begins on a Monday; one that nobody computed on time is said later.
        sunday = today - timedelta(days=today.isoweekday() % 7)
        if not latest or latest.as_of < sunday:
            outlooks_sudo._say(company, today)

    @api.model
    def _say(self, company, as_of):
        """Keep what is expected of the next weeks by what is known now."""
        result = self.env["collection.cash.forecast"]._backtest(
            as_of, as_of, weeks=WEEKS, companies=company
        )
        taken = self.search([("company_id", "=", company.id), ("as_of", "=", as_of)])
        taken.filtered("is_replayed").unlink()
        if taken.exists():
            return
        self.create(self._prepare_weeks(company, result["weeks"], self._get_spread(company, as_of)))

    @api.model
    def _prepare_weeks(self, company, rows, usual_spread=None):
        """Values of weeks; ``usual_spread`` where the usual delay was closer, else None."""
        vals_list = []
        for row in rows:
            expected, low, high = row["expected"], row["low"], row["high"]
            if usual_spread is not None:
                expected = row["usual_delay"]
                low, high = get_band(expected, expected * usual_spread)
            vals_list.append({
                "company_id": company.id,
                "as_of": row["as_of"],
                "week": row["week"],
                "date_from": row["date_from"],
                "date_to": row["date_to"],
                "method": "outlook" if usual_spread is None else "usual",
                "expected": expected,
                "low": low,
                "high": high,
                "amount_outlook": row["expected"],
                "amount_usual": row["usual_delay"],
                "amount_due": row["due_date"],
            })
        return vals_list

    @api.model
    def _get_spread(self, company, as_of):
        """How far the usual delay missed, as a share, if it was closer in the last half year.

        None while the payment outlook is as close or too few weeks are over.
        """
        rows = self.search([
            ("company_id", "=", company.id), ("is_over", "=", True),
            ("week", "<=", MARKED_WEEKS), ("date_to", ">", as_of - timedelta(days=182)),
            ("date_to", "<=", as_of),
        ])
        if len(rows) < ENOUGH:
            return None
        if sum(rows.mapped("error_outlook")) <= sum(rows.mapped("error_usual")):
            return None
        shares = [row.error_usual / row.amount_usual for row in rows if row.amount_usual > 0]
        return sqrt(sum(share * share for share in shares) / len(shares)) if shares else 1 / Z_80

    @api.model
    def _mark(self, company, today):
        """Write what came beside the weeks that are over."""
        rows = self.search([
            ("company_id", "=", company.id), ("is_over", "=", False), ("date_to", "<", today),
        ])
        if not rows:
            return
        self.flush_model()
        came = dict(self.env.execute_query(SQL(
            """
            SELECT said.id, SUM(event.amount)::float
              FROM collection_cash_outlook said
              JOIN (%(events)s) event ON event.is_cash
               AND event.day BETWEEN said.date_from AND said.date_to
              JOIN account_move_line line ON line.id = event.item_id
               AND COALESCE(line.invoice_date, line.date) <= said.as_of
               AND line.parent_state = 'posted' AND %(chased)s
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
             WHERE said.id = ANY(%(ids)s)
          GROUP BY said.id
            """,
            ids=rows.ids,
            chased=self.env["account.move.line"]._get_chased_sql("line"),
            events=self.env["collection.cash.forecast"]._get_cash_events_sql(
                company, min(rows.mapped("date_from")) - timedelta(days=1), today
            ),
        )))
        for row in rows:
            row._write_came(came.get(row.id, 0.0))

    def _write_came(self, amount):
        self.ensure_one()
        self.write({
            "came": amount,
            "is_over": True,
            "is_inside": self.low <= amount <= self.high,
            "error_outlook": abs(amount - self.amount_outlook),
            "error_usual": abs(amount - self.amount_usual),
            "error_due": abs(amount - self.amount_due),
        })

    @api.model
    def action_replay_past(self):
        """Say for each second week of the last year what would have been said, and mark it."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager replays past weeks."))
        for company in self.env.companies:
            self.sudo()._replay(company, company._get_collection_today())
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_cash_outlook_action"
        )

    @api.model
    def _replay(self, company, today, days=PAST_DAYS):
        """Replay past weeks, one after the other, without what was learnt later.

        Days that were said at the time stay as they are.
        """
        result = self.env["collection.cash.forecast"]._backtest(
            today - timedelta(days=days), today - timedelta(days=7),
            step_days=7, weeks=MARKED_WEEKS, companies=company,
        )
        known = set(self.search([("company_id", "=", company.id)]).mapped("as_of"))
        by_day = defaultdict(list)
        for row in result["weeks"]:
            if row["as_of"] not in known and row["date_to"] < today:
                by_day[row["as_of"]].append(row)
        for as_of in sorted(by_day):
            rows = by_day[as_of]
            said = self.create([
                {**vals, "is_replayed": True}
                for vals in self._prepare_weeks(company, rows, self._get_spread(company, as_of))
            ])
            for outlook, row in zip(said, rows, strict=True):
                outlook._write_came(row["came"])
