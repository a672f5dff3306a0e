import logging
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged
from odoo.tools import SQL

from ..base.large import has_large_form
from ..ledger.ledger import LEDGER, LedgerCommon

_logger = logging.getLogger(__name__)

TIERS = {"": "not_due", "mild": "d1_30", "moderate": "d31_60", "severe": "d61_plus"}


@tagged("post_install", "-at_install", "debt_collection")
class TestLedgerReplay(LedgerCommon):
    """A public ledger of 2,466 invoices, replayed, against independently computed figures."""

    def _assert_figures(self, day, rows, source):
        """Compare counts, amounts and customers of ``(tier code, amount, partner id)`` rows."""
        counts, amounts, customers = defaultdict(int), defaultdict(Decimal), defaultdict(set)
        for code, amount, partner_id in rows:
            tier = TIERS[code or ""]
            counts[tier] += 1
            amounts[tier] += Decimal(str(round(amount, 2)))
            customers[tier].add(self.key_by_partner[partner_id])
        expected = self.truth["as_of"][day]["tiers"]
        with self.subTest(day=day, source=source):
            self.assertEqual(
                {tier: (counts[tier], amounts[tier]) for tier in expected},
                {
                    tier: (figure["count"], Decimal(figure["amount"].get("XXX", "0")))
                    for tier, figure in expected.items()
                },
            )
        return set().union(*(customers[tier] for tier in expected if tier != "not_due"))

    def _assert_customers(self, day, customers):
        """The ledger itself says who is overdue on a day."""
        as_of = date.fromisoformat(day)
        self.assertEqual(customers, {
            row["customer_key"]
            for row in self.rows
            if row["due_date"] < as_of < row["settled_date"] and row["invoice_date"] <= as_of
        })

    def _assert_cash(self):
        """Cash on overdue items of each month of 2013, by the tier on the day of payment."""
        tiers = {code: tier for code, tier in TIERS.items() if code}
        for month in (date(2013, number, 1) for number in range(1, 13)):
            stop = (month + timedelta(days=31)).replace(day=1)
            sql = self.env["collection.indicator"]._get_money_sql(
                self.env.company, month, stop)
            rows = self.env.execute_query(SQL(
                """SELECT tier_code, COUNT(*), SUM(amount) FROM (%s) counted
                    WHERE user_id IS NULL AND kind = 'recovery' AND role = 'numerator'
                 GROUP BY tier_code""",
                sql,
            ))
            truth = self.truth["cash_by_month"][f"{month:%Y-%m}"]
            with self.subTest(month=month):
                self.assertEqual(
                    {tiers[code]: (count, Decimal(str(amount))) for code, count, amount in rows},
                    {
                        tier: (figure["count"], Decimal(figure["amount"]["XXX"]))
                        for tier, figure in truth["cash_overdue_by_tier_at_payment"].items()
                        if figure["count"]
                    },
                )

    @has_large_form
    def test_replay(self):
        if not (LEDGER / "invoices.csv").is_file():
            _logger.info("No ledger at %s: the replay of a public ledger is left out.", LEDGER)
            self.skipTest(f"no ledger at {LEDGER}")
        days = sorted(self.truth["as_of"])
        partner_ids = list(self.key_by_partner)
        to_post = sorted(self.rows, key=lambda row: row["invoice_date"])
        to_settle = sorted(self.rows, key=lambda row: row["settled_date"])
        for day in days:
            as_of = date.fromisoformat(day)
            issued = [row for row in to_post if row["invoice_date"] <= as_of]
            to_post = to_post[len(issued):]
            self._post_invoices(issued)
            settled = [
                row for row in to_settle if row["settled_date"] <= as_of and "line" in row
            ]
            to_settle = [row for row in to_settle if row not in settled]
            self._settle(settled)
            self._classify(as_of)
            lines = self.env["account.move.line"].search([
                ("partner_id", "in", partner_ids),
                ("account_id", "=", self.receivable.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ])
            customers = self._assert_figures(
                day,
                [(line.collection_tier_id.code, line.amount_residual, line.partner_id.id)
                 for line in lines],
                "classification",
            )
            self._assert_customers(day, customers)
            cases = self.env["collection.case"].search([
                ("partner_id", "in", partner_ids), ("stage", "!=", "closed"),
            ])
            self.assertEqual({case.partner_id.name for case in cases}, customers)
            overdue = sum(
                line.amount_residual for line in lines if line.collection_tier_id
            )
            self.assertAlmostEqual(sum(cases.mapped("amount_overdue")), overdue, 2)
        self._post_invoices(to_post)
        self._settle(to_settle)
        for day in days:
            rows = self.env["account.move.line"]._get_collection_ageing(
                date.fromisoformat(day), self.env.company
            )
            customers = self._assert_figures(
                day,
                [(row["tier_code"], row["residual"], row["partner_id"]) for row in rows],
                "ageing",
            )
            self._assert_customers(day, customers)
        self._assert_cash()
        last = max(row["settled_date"] for row in self.rows)
        self._classify(last)
        cases = self.env["collection.case"].search([("partner_id", "in", partner_ids)])
        self.assertEqual(set(cases.mapped("stage")), {"closed"})
        self.assertEqual(set(cases.mapped("close_reason")), {"paid"})
