import csv
import io
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .test_payment_outlook import LedgerCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCashWeek(LedgerCommon, HttpCase):
    """The cash of the next weeks by customer, collector and tier, with the band of any sum."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.customers[:10].collector_id = cls.collector
        cls._make_ledger()
        cls._overdue_invoice(40, 900.0, partner=cls.customers[0])
        cls._classify()
        cls.weeks = cls.env["collection.cash.week"]
        for _done in cls.env["collection.payment.outlook"]._refresh(cls.company, cls.TODAY):
            pass

    def _sum(self, groupby=(), domain=(), user=None):
        return self.weeks.with_user(user or self.manager)._read_group(
            [("company_id", "=", self.company.id), *domain], groupby,
            ["expected:sum", "low:sum", "high:sum"],
        )

    def test_sums_are_the_outlook(self):
        """All rows of a week together are the week's cash and band."""
        outlook = self.forecast._get_cash_outlook(self.TODAY, companies=self.company)
        rows = self._sum(["date_from:day"])
        self.assertEqual([day for day, *_rest in rows], [week["date_from"] for week in outlook])
        for (_day, expected, low, high), week in zip(rows, outlook, strict=True):
            self.assertAlmostEqual(expected, week["expected"], delta=1)
            self.assertAlmostEqual(float(low), week["low"], delta=0.01 * week["expected"])
            self.assertAlmostEqual(float(high), week["high"], delta=0.01 * week["expected"])

    def test_a_part_has_its_own_band(self):
        """The bands of collectors are wider than their share of the whole."""
        [(expected, low, high)] = self._sum(domain=[("week", "=", 1)])
        parts = self._sum(["user_id"], [("week", "=", 1)])
        self.assertEqual(len(parts), 2)
        self.assertAlmostEqual(sum(row[1] for row in parts), expected, places=2)
        self.assertGreater(sum(high - low for _user, _sum, low, high in parts), high - low)
        for row in self.weeks.search([("company_id", "=", self.company.id)]):
            self.assertTrue(0 <= row.low <= row.high, row.read())

    def test_by_tier(self):
        rows = {
            tier.code: expected for tier, expected, _low, _high in self._sum(["tier_id"])
        }
        self.assertIn("moderate", rows)
        self.assertIn(False, rows)
        late = self.weeks.search([("tier_id", "!=", False)])
        self.assertEqual(late.mapped("amount_late"), late.mapped("expected"))

    def test_the_usual_delay_where_it_is_closer(self):
        """Where the simple rule was closer, its weeks are shown, and it says so."""
        outlooks = self.env["collection.cash.outlook"].sudo()
        outlooks.search([("company_id", "=", self.company.id)]).unlink()
        outlooks.create([
            {
                "company_id": self.company.id, "method": "outlook", "is_over": True, "week": 1,
                "amount_usual": 100.0, "error_usual": 10.0, "error_outlook": 20.0,
                "as_of": self.TODAY - timedelta(days=7 * number + 8),
                "date_from": self.TODAY - timedelta(days=7 * number + 7),
                "date_to": self.TODAY - timedelta(days=7 * number + 1),
            }
            for number in range(12)
        ])
        ledger = self.forecast._read_ledger(self.company, self.TODAY)
        self.weeks.sudo()._keep(self.company, self.TODAY, ledger)
        rows = self.weeks.search([("company_id", "=", self.company.id)])
        self.assertEqual(set(rows.mapped("method")), {"usual"})
        result = self.forecast._backtest(
            self.TODAY, self.TODAY, weeks=8, companies=self.company
        )
        for row in result["weeks"]:
            same = rows.filtered(lambda week, row=row: week.week == row["week"])
            self.assertAlmostEqual(sum(same.mapped("expected")), row["usual_delay"], delta=0.5)
        data = self.env["collection.dashboard"].with_user(self.manager).get_dashboard()
        self.assertEqual(data["forecast"]["method"], "usual")

    def test_dashboard(self):
        dashboard = self.env["collection.dashboard"]
        data = dashboard.with_user(self.manager).get_dashboard()["forecast"]
        [(expected, _low, _high)] = self._sum(domain=[("week", "<=", 4)])
        self.assertAlmostEqual(data["amount"], expected, delta=1)
        self.assertEqual(len(data["weeks"]), 8)
        self.assertTrue(0 < data["late"]["share"] < 100)
        own = dashboard.with_user(self.collector).get_dashboard()["forecast"]
        self.assertLess(own["amount"], data["amount"])
        for figure, model in (
            ("forecast", "collection.cash.week"), ("expected_late", "collection.payment.outlook"),
        ):
            action = dashboard.with_user(self.manager).get_records_action(figure)
            self.assertEqual(action["res_model"], model)
            self.assertTrue(self.env[model].search_count(action["domain"]))
        past = dashboard.with_user(self.manager).get_dashboard(self.TODAY - timedelta(days=1))
        self.assertFalse(past["forecast"])

    def test_late_share(self):
        """The share of a group is that of its sums, not the average of shares."""
        outlooks = self.env["collection.payment.outlook"]
        domain = [("company_id", "=", self.company.id)]
        [(share, late, amount)] = outlooks._read_group(
            domain, [], ["share_late:avg", "amount_late:sum", "amount:sum"]
        )
        self.assertAlmostEqual(share, late / amount, places=4)

    def test_treasury(self):
        """The layout that docs/forecast.md documents, with the sums of the screen."""
        weeks = self.weeks.with_user(self.finance)
        text = weeks._get_treasury_csv().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(
            list(rows[0]),
            ["company", "currency", "computed_on", "rule", "week", "date_from", "date_to",
             "customer", "customer_ref", "collector", "expected", "low", "high", "from_overdue"],
        )
        totals = [row for row in rows if not row["customer"]]
        self.assertEqual([row["week"] for row in totals], [str(week) for week in range(1, 9)])
        self.assertEqual(totals[0]["date_from"], str(self.TODAY + timedelta(days=1)))
        for total in totals:
            parts = [row for row in rows if row["customer"] and row["week"] == total["week"]]
            self.assertAlmostEqual(
                sum(float(row["expected"]) for row in parts), float(total["expected"]), delta=0.05
            )
        self.assertTrue(weeks._get_treasury_xlsx().startswith(b"PK"))
        with self.assertRaises(AccessError):
            self.weeks.with_user(self.collector)._get_treasury_csv()

    def test_download(self):
        for login, status in [("ageing_finance", 200), ("ageing_one", 404)]:
            self.authenticate(login, login)
            for kind in ("csv", "xlsx"):
                response = self.url_open(f"/debt_collection/treasury/{self.company.id}/{kind}")
                self.assertEqual(response.status_code, status, (login, kind))
        self.authenticate("ageing_finance", "ageing_finance")
        for path in (f"{self.company.id}/pdf", "0/csv", "x-y/csv"):
            self.assertEqual(
                self.url_open(f"/debt_collection/treasury/{path}").status_code, 404, path
            )

    def test_roles(self):
        own = self.weeks.with_user(self.collector).search([])
        self.assertTrue(own)
        self.assertEqual(own.user_id, self.collector)
        self.assertGreater(self.weeks.with_user(self.finance).search_count([]), len(own))
        with self.assertRaises(AccessError):
            self.weeks.with_user(self.sales).search([])
        with self.assertRaises(AccessError):
            self.weeks.with_user(self.manager).search([], limit=1).expected = 1.0
        self.assertEqual(own[0].date, date(2025, 9, 30))
