from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDashboard(CollectionCommon, HttpCase):
    """The dashboard's figures against invoices of known days and amounts (P2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.company._get_collection_today()
        cls.collector = cls._role_user("dash_collector", "collector")
        cls.manager = cls._role_user("dash_manager", "manager")
        cls.partner_a.collector_id = cls.collector
        cls.partner_b.collector_id = cls.manager
        for days, amount, partner in (
            (-5, 7.0, cls.partner_a), (10, 100.0, cls.partner_a), (45, 200.0, cls.partner_a),
            (90, 400.0, cls.partner_b), (91, 800.0, cls.partner_b),
        ):
            cls._due(days, amount, partner)
        cls._classify(cls.now)

    @classmethod
    def _due(cls, days, amount, partner):
        due = cls.now - timedelta(days=days)
        return cls._overdue_invoice(
            0, amount, partner=partner, invoice_date=due - timedelta(days=30),
            invoice_date_due=due,
        )

    def _get(self, user=None, **kwargs):
        return self.env["collection.dashboard"].with_user(user or self.manager).get_dashboard(
            **kwargs
        )

    def _tiers(self, data):
        return {tier["code"]: (tier["amount"], tier["count"]) for tier in data["tiers"]}

    def test_tiers_of_team_and_collector(self):
        table = [
            # user, amounts and numbers by tier, debtors
            (self.manager, {
                "": (7.0, 1), "mild": (100.0, 1), "moderate": (200.0, 1), "severe": (1200.0, 2),
            }, [1200.0, 300.0]),
            (self.collector, {
                "": (0, 0), "mild": (100.0, 1), "moderate": (200.0, 1), "severe": (0, 0),
            }, [300.0]),
        ]
        for user, tiers, debtors in table:
            with self.subTest(user=user.login):
                data = self._get(user)
                self.assertEqual(self._tiers(data), tiers)
                self.assertEqual([row["amount"] for row in data["debtors"]], debtors)
                self.assertEqual("collectors" in data, user == self.manager)

    def test_a_past_day_is_rebuilt(self):
        data = self._get(date=self.now - timedelta(days=31))
        self.assertFalse(data["is_today"])
        self.assertEqual(self._tiers(data), {
            "": (100.0, 1), "mild": (200.0, 1), "moderate": (1200.0, 2), "severe": (0, 0),
        })
        with self.assertRaises(UserError):
            self._get(date=self.now + timedelta(days=1))

    def test_cash_of_the_month(self):
        late = self._due(20, 50.0, self.partner_a)
        early = self._due(-20, 60.0, self.partner_a)
        credited = self._due(20, 70.0, self.partner_a)
        self._classify(self.now)
        self._pay(late, payment_date=self.now)
        self._pay(early, payment_date=self.now)
        credited._reverse_moves([{"date": self.now, "invoice_date": self.now}], cancel=True)
        self.env["collection.target"].create({
            "kind": "amount", "value": 500, "user_id": self.collector.id,
            "month": self.now.replace(day=1),
        })
        for user in (self.manager, self.collector):
            with self.subTest(user=user.login):
                self.assertEqual(self._get(user)["collected"], {"amount": 50.0, "target": 500.0})
        rows = {row["user_id"]: row for row in self._get()["collectors"]}
        self.assertEqual(rows[self.collector.id]["collected_amount"], 50.0)
        self.assertEqual(rows[self.collector.id]["cases"], 1)

    def test_promises(self):
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        self.env["collection.promise"].create({
            "case_id": case.id, "amount": 120, "date_promised": self.now + timedelta(days=3),
            "date_made": self.now,
        })
        promises = self._get()["promises"]
        self.assertEqual(promises["due"], {"count": 1, "amount": 120.0})
        self.assertEqual(promises["late"], {"count": 0, "amount": 0.0})
        self.assertEqual(self._get(self.manager)["no_action"]["count"], 2)

    def test_promises_count_what_has_not_come_yet(self):
        """As the position does: less what was paid, at most what is left to collect."""
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        promise = self.env["collection.promise"].create({
            "case_id": case.id, "amount": 120, "date_promised": self.now + timedelta(days=3),
            "date_made": self.now,
        })
        oldest = case.line_ids.sorted("date_maturity")[:1].move_id
        self._pay(oldest, amount=40.0, payment_date=self.now)
        for user in (self.manager, self.collector):
            with self.subTest(user=user.login):
                self.assertEqual(self._get(user)["promises"]["due"], {"count": 1, "amount": 80.0})
        self.assertEqual(case.amount_promised, 80.0)
        self.env["collection.dispute"].create({
            "case_id": case.id, "line_ids": case.line_ids.ids, "reason": "Damaged",
        })
        self.assertEqual(self._get()["promises"]["due"], {"count": 1, "amount": 0.0})
        self.assertEqual(promise.state, "open")

    def test_debts_of_today_and_of_a_day_before(self):
        """What is excluded, or was paid out to a customer, is no debt that is chased."""
        before = self._get()["tiers"]
        self._due(20, 33.0, self.partner_a).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).no_followup = True
        self.env["account.payment"].create({
            "payment_type": "outbound", "partner_type": "customer", "amount": 44.0,
            "partner_id": self.partner_a.id, "date": self.now - timedelta(days=9),
        }).action_post()
        self._classify(self.now)
        data = self._get()
        self.assertEqual(data["tiers"], before)
        yesterday = self._get(date=str(self.now - timedelta(days=1)))
        self.assertEqual(
            sum(tier["amount"] for tier in yesterday["tiers"]),
            sum(tier["amount"] for tier in before),
        )

    def test_month_ends(self):
        month = self.now.replace(day=1) - relativedelta(months=1)
        self.env["collection.ageing.snapshot"]._freeze(self.env.company, month)
        months = self._get()["months"]
        self.assertEqual(len(months), 12)
        self.assertEqual(months[-1]["month"], month.isoformat())
        ageing = self.env["account.move.line"]._get_collection_ageing(
            self.now.replace(day=1) - timedelta(days=1), self.env.company
        )
        overdue = sum(row["residual"] for row in ageing if row["tier_code"])
        self.assertAlmostEqual(
            sum(tier["amount"] for tier in months[-1]["tiers"]), overdue, places=2
        )

    def test_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        data = self._get(currency_id=currency.id)
        self.assertEqual(self._tiers(data)["severe"], (2400.0, 2))
        self.assertEqual(data["debtors"][0]["amount"], 2400.0)

    def test_other_company_shows_nothing_of_ours(self):
        other = self.setup_other_company()["company"]
        boss = self._role_user("dash_boss", "manager", other)
        data = self._get(boss)
        self.assertEqual(sum(amount for amount, _count in self._tiers(data).values()), 0)
        self.assertFalse(data["debtors"])

    def test_who_may_look(self):
        for role, allowed in (
            ("collector", True), ("manager", True), ("finance", False), ("sales", False),
        ):
            user = self._role_user(f"dash_{role}_2", role)
            with self.subTest(role=role):
                if allowed:
                    self._get(user)
                else:
                    with self.assertRaises(AccessError):
                        self._get(user)

    def test_number_of_queries_does_not_grow(self):
        self._get()
        counts = []
        for size in (1, 30):
            for number in range(size):
                partner = self.env["res.partner"].create({"name": f"Debtor {number}"})
                self._due(10 + number, 10.0, partner)
            self._classify(self.now)
            self.env.invalidate_all()
            self._get()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def _behind(self, user, figure, **key):
        """The records that a click on a figure opens, as the user sees them."""
        action = self.env["collection.dashboard"].with_user(user).get_records_action(
            figure, key=key)
        records = self.env[action["res_model"]].with_user(user)
        for view_id, kind in action["views"]:
            records.get_view(view_id, kind)
        return records.search(action["domain"])

    def test_every_number_opens_its_records(self):
        """Number and sum of the records behind a figure are the figure."""
        company, month = self.env.company, self.now.replace(day=1)
        last = month - relativedelta(months=1)
        paid, lost = self._due(20, 50.0, self.partner_a), self._due(40, 30.0, self.partner_b)
        self._classify(self.now)
        self._pay(paid, payment_date=self.now)
        self._pay(lost, payment_date=self.now, amount=10.0)
        case = self.env["collection.case"].search([("partner_id", "=", self.partner_a.id)])
        for days, state in ((3, "open"), (-1, "open"), (0, "kept"), (0, "broken")):
            self.env["collection.promise"].sudo().create({
                "case_id": case.id, "amount": 12, "date_promised": self.now + timedelta(days=days),
                "date_made": self.now - timedelta(days=5), "state": state,
            })
        self.env["collection.case.step"].sudo().create({
            "case_id": case.id, "user_id": self.collector.id, "state": "planned", "cycle": 50,
            "step_id": company.collection_policy_id.step_ids[:1].id, "date_due": last,
            "date_planned": last, "date_deadline": self.now - timedelta(days=1),
        })
        self.env["collection.target"].create({"kind": "amount", "value": 500, "month": month})
        self.env["collection.ageing.snapshot"]._freeze(company, last)
        self.env["collection.assessment"]._generate(last, company).sudo().state = "confirmed"
        for user in (self.manager, self.collector):
            data = self._get(user)
            for tier in data["tiers"]:
                with self.subTest(user=user.login, tier=tier["code"]):
                    items = self._behind(user, "tier", code=tier["code"])
                    self.assertEqual(len(items), tier["count"])
                    self.assertEqual(sum(items.mapped("amount_residual")), tier["amount"])
            for tier in data["months"][-1]["tiers"]:
                with self.subTest(user=user.login, month=tier["code"]):
                    rows = self._behind(
                        user, "months", month=data["months"][-1]["month"], code=tier["code"])
                    self.assertEqual(round(sum(rows.mapped("amount")), 2), tier["amount"])
            for name, total in data["promises"].items():
                with self.subTest(user=user.login, promise=name):
                    promises = self._behind(user, "promises", name=name)
                    self.assertEqual(len(promises), total["count"])
                    self.assertEqual(sum(promises.mapped("amount")), total["amount"])
            with self.subTest(user=user.login):
                cash = self._behind(user, "collected")
                self.assertEqual(sum(cash.mapped("amount")), data["collected"]["amount"])
                self.assertEqual(len(self._behind(user, "no_action")), data["no_action"]["count"])
                plans = self._behind(user, "target")
                self.assertEqual(sum(plans.mapped("value")), data["collected"]["target"])
            for debtor in data["debtors"]:
                with self.subTest(user=user.login, debtor=debtor["name"]):
                    items = self._behind(user, "debtor", case_id=debtor["case_id"])
                    self.assertEqual(sum(items.mapped("amount_residual")), debtor["amount"])
        data = self._get()
        self.assertEqual(data["collected"]["amount"], 60.0)
        for row in data["collectors"]:
            key = {"user_id": row["user_id"]}
            with self.subTest(collector=row["name"]):
                cases = self._behind(self.manager, "cases", **key)
                self.assertEqual(len(cases), row["cases"])
                self.assertEqual(sum(cases.mapped("amount_overdue")), row["amount"])
                cash = self._behind(self.manager, "collected", **key)
                self.assertEqual(sum(cash.mapped("amount")), row["collected_amount"])
                self.assertEqual(len(self._behind(self.manager, "late", **key)), row["late"])
                grades = self._behind(self.manager, "grade", **key)
                self.assertEqual(bool(grades), bool(row["grade"]))
        trend = data["trend"][-1]
        for kind in ("effectiveness", "sales_days", "sales_days_best"):
            with self.subTest(trend=kind):
                lines = self._behind(self.manager, "trend", month=trend["month"], kind=kind)
                self.assertEqual(lines.mapped("value"), [trend[kind]] if lines else [])
        cells = [
            cell for row in data["roll"][0]["rows"] for cell in row["cells"]
            if cell["id"]
        ]
        self.assertTrue(cells)
        for cell in cells:
            with self.subTest(cell=cell):
                items = self._behind(self.manager, "roll", rate_id=cell["id"])
                self.assertGreaterEqual(len(items), cell["count"])

    def test_past_days_open_the_items_of_that_day(self):
        day = self.now - timedelta(days=31)
        board = self.env["collection.dashboard"].with_user(self.manager)
        for tier in board.get_dashboard(day)["tiers"]:
            action = board.get_records_action("tier", day, {"code": tier["code"]})
            self.assertEqual(
                self.env["account.move.line"].with_user(self.manager).search_count(
                    action["domain"]), tier["count"], tier["code"])

    def test_unknown_figures_and_outsiders(self):
        board = self.env["collection.dashboard"]
        with self.assertRaises(UserError):
            board.with_user(self.manager).get_records_action("cash_by_collector")
        with self.assertRaises(AccessError):
            board.with_user(self._role_user("dash_sales_3", "sales")).get_records_action("tier")
        # Another collector's figures stay closed, whichever key is sent.
        self.assertFalse(self._behind(self.collector, "cases", user_id=self.manager.id))
        self.assertFalse(
            self._behind(self.collector, "collected", user_id=self.manager.id)
            .filtered(lambda row: row.sudo().user_id != self.collector))

    def test_printed(self):
        html = self.env["ir.actions.report"].with_user(self.manager)._render_qweb_html(
            "debt_collection.report_dashboard", [], {}
        )[0].decode()
        self.assertIn("1,200.00", html)
        self.assertIn(self.partner_b.name, html)

    def test_manager_in_the_browser(self):
        month = self.now.replace(day=1)
        self.env["collection.ageing.snapshot"]._freeze(
            self.env.company, month - relativedelta(months=1))
        self.env["collection.target"].create({"kind": "amount", "value": 500, "month": month})
        self.start_tour(
            "/odoo/action-debt_collection.collection_dashboard_action",
            "debt_collection_dashboard", login=self.manager.login,
        )

    def test_collector_in_the_browser(self):
        self.start_tour(
            "/odoo/action-debt_collection.collection_dashboard_action",
            "debt_collection_dashboard_own", login=self.collector.login,
        )
