from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..base.common import CollectionCommon


class AgeingCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.env["account.move"].search([("company_id", "=", cls.company.id)]).write(
            {"no_followup": True}
        )
        cls.collector, cls.other_collector, cls.manager, cls.finance, cls.sales = (
            cls._role_user(f"ageing_{login}", role)
            for login, role in [
                ("one", "collector"), ("two", "collector"), ("boss", "manager"),
                ("finance", "finance"), ("sales", "sales"),
            ]
        )
        cls.partner_a.write({"collector_id": cls.collector.id,
                             "country_id": cls.env.ref("base.fr").id})
        cls.partner_b.collector_id = cls.other_collector
        cls.mild, cls.moderate, cls.severe = cls.env["collection.tier"]._get_ladder(cls.company)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAgeingReport(AgeingCommon):
    """The open items of today, equal to the ageing of today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.report = cls.env["collection.ageing.report"]
        for days, amount, partner in [
            (10, 100.0, cls.partner_a), (40, 200.0, cls.partner_a), (70, 400.0, cls.partner_b),
            (-5, 800.0, cls.partner_a), (0, 50.0, cls.partner_b),
        ]:
            cls._overdue_invoice(days, amount, partner=partner)
        cls._overdue_invoice(20, 30.0, partner=cls.partner_a, move_type="out_refund")
        cls._classify()
        cls.env["collection.case"].search(
            [("company_id", "=", cls.company.id), ("partner_id", "=", cls.partner_a.id)]
        ).user_id = cls.collector

    def _read(self, groupby, domain=(), user=None):
        groups = self.report.with_user(user or self.finance)._read_group(
            [("company_id", "=", self.company.id), *domain], [groupby], ["amount:sum"]
        )
        return {getattr(key, "id", key) or False: amount for key, amount in groups}

    def test_groups(self):
        for groupby, expected in [
            ("tier_id", {self.mild.id: 100, self.moderate.id: 200, self.severe.id: 400,
                         False: 820}),
            ("kind", {"overdue": 700, "current": 850, "credit": -30}),
            ("partner_id", {self.partner_a.id: 1070, self.partner_b.id: 450}),
            ("country_id", {self.env.ref("base.fr").id: 1070,
                            self.partner_b.country_id.id or False: 450}),
            ("salesperson_id", {self.env.user.id: 1520}),
            ("user_id", {self.collector.id: 1070, self.other_collector.id: 450}),
            ("date_due:month", {date(2025, 7, 1): 400, date(2025, 8, 1): 200,
                                date(2025, 9, 1): 120, date(2025, 10, 1): 800}),
            ("currency_id", {self.company.currency_id.id: 1520}),
        ]:
            with self.subTest(groupby=groupby):
                self.assertEqual(self._read(groupby), expected)

    def test_equals_the_ageing_of_today(self):
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        invoice = self._overdue_invoice(15, 90.0, currency_id=foreign.id)
        self._pay(invoice, amount=30.0)
        rows = self.env["account.move.line"]._get_collection_ageing(self.TODAY, self.company)
        report = self.report.search([("company_id", "=", self.company.id)]).sorted("id")
        self.assertEqual(
            [(row["line_id"], row["partner_id"], row["tier_code"] or False, row["residual"],
              row["residual_currency"]) for row in sorted(rows, key=lambda row: row["line_id"])],
            [(row.move_line_id.id, row.partner_id.id, row.tier_id.code or False, row.amount,
              row.amount_currency) for row in report],
        )
        item = report.filtered(lambda row: row.move_id == invoice)
        self.assertRecordValues(item, [{
            "amount": 30.0, "amount_currency": 60.0, "currency_id": foreign.id,
            "days_overdue": 15, "amount_overdue": 30.0,
        }])
        self.assertEqual(item.action_open_entry()["res_id"], invoice.id)

    def test_roles(self):
        for user, expected in [
            (self.collector, {self.partner_a.id}),
            (self.other_collector, {self.partner_b.id}),
            (self.manager, {self.partner_a.id, self.partner_b.id}),
            (self.finance, {self.partner_a.id, self.partner_b.id}),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(set(self._read("partner_id", user=user)), expected)
        with self.assertRaises(AccessError):
            self._read("partner_id", user=self.sales)
        case = self.env["collection.case"].search([
            ("company_id", "=", self.company.id), ("partner_id", "=", self.partner_b.id)
        ])
        case.member_ids = self.collector
        self.assertEqual(
            set(self._read("partner_id", user=self.collector)),
            {self.partner_a.id, self.partner_b.id},
        )

    def test_other_company(self):
        other = self._create_company(name="Ageing Elsewhere")
        self.env.user.company_ids |= other
        self._overdue_invoice(10, 999.0, company=other)
        seen = self.report.with_user(self.finance).search([])
        self.assertEqual(seen.company_id, self.company)
        both = self.report.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(sum(both.search([("company_id", "=", other.id)]).mapped("amount")), 999.0)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAgeingSnapshot(AgeingCommon):
    """Month ends that are kept as they were."""

    MONTH = date(2025, 9, 1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.snapshots = cls.env["collection.ageing.snapshot"]
        cls._overdue_invoice(10, 100.0)
        cls._overdue_invoice(12, 50.0)
        cls.paid = cls._overdue_invoice(40, 200.0)
        cls._overdue_invoice(70, 400.0, partner=cls.partner_b)
        cls._overdue_invoice(-5, 800.0)
        cls._overdue_invoice(3, 30.0, move_type="out_refund")

    def _rows(self, month=MONTH):
        rows = self.snapshots.search([("company_id", "=", self.company.id), ("month", "=", month)])
        return {
            (row.tier_code or row.kind, row.partner_id, row.user_id): (row.amount, row.item_count)
            for row in rows
        }

    def test_month_end_is_kept(self):
        expected = {
            ("mild", self.partner_a, self.collector): (150.0, 2),
            ("moderate", self.partner_a, self.collector): (200.0, 1),
            ("severe", self.partner_b, self.other_collector): (400.0, 1),
            ("current", self.partner_a, self.collector): (800.0, 1),
            ("credit", self.partner_a, self.collector): (-30.0, 1),
        }
        # Paid after the month end: open on its day all the same.
        self._pay(self.paid, payment_date=date(2025, 10, 2))
        self.snapshots._freeze(self.company, self.MONTH)
        self.assertEqual(self._rows(), expected)
        self._overdue_invoice(11, 5_000.0)
        self.snapshots._freeze(self.company, self.MONTH)
        self.assertEqual(self._rows(), expected)
        self.assertEqual(self._rows(date(2025, 8, 1)), {})

    def test_collector_of_the_case_then(self):
        self._classify(self.TODAY - timedelta(days=1))
        case = self.paid.collection_case_id
        case.user_id = self.manager
        case.flush_recordset()
        self.env.cr.execute(
            "UPDATE collection_case SET date_open = %s WHERE id = %s",
            (self.TODAY - timedelta(days=30), case.id),
        )
        self.snapshots._freeze(self.company, self.MONTH)
        self.assertIn(("mild", self.partner_a, self.manager), self._rows())

    def test_missed_months_are_caught_up(self):
        self.snapshots._freeze(self.company, date(2025, 6, 1))
        self.assertEqual(
            self._rows(date(2025, 6, 1)),
            {("current", self.partner_b, self.other_collector): (400.0, 1)},
        )
        self.snapshots._freeze_missing(self.company, date(2025, 10, 1))
        self.assertTrue(self._rows(date(2025, 7, 1)) and self._rows(date(2025, 8, 1)))
        self.assertEqual(len(self._rows()), 5)
        self.assertFalse(self._rows(date(2025, 10, 1)))
        with freeze_time("2025-12-10 12:00:00"), self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.cron_ageing_snapshot")
            self.assertIs(cron.method_direct_trigger(), True)

    def test_past_months_by_the_manager(self):
        with freeze_time("2025-10-10 12:00:00"):
            with self.assertRaises(AccessError):
                self.snapshots.with_user(self.collector).action_freeze_past()
            self.snapshots.with_user(self.manager).action_freeze_past()
        self.assertTrue(self._rows() and self._rows(date(2025, 8, 1)))

    def test_roles(self):
        self.snapshots._freeze(self.company, self.MONTH)
        for user, partners in [
            (self.collector, self.partner_a), (self.other_collector, self.partner_b),
            (self.manager, self.partner_a | self.partner_b),
            (self.finance, self.partner_a | self.partner_b),
        ]:
            with self.subTest(user=user.login):
                seen = self.snapshots.with_user(user).search([])
                self.assertEqual(seen.partner_id, partners)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    seen.write({"amount": 1.0})
        with self.assertRaises(AccessError):
            self.snapshots.with_user(self.sales).search([])
        other = self._create_company(name="Kept Elsewhere")
        self.env.user.company_ids |= other
        self._overdue_invoice(10, 999.0, company=other)
        self.snapshots._freeze(other, self.MONTH)
        self.assertEqual(
            self.snapshots.with_user(self.finance).search([]).company_id, self.company
        )
