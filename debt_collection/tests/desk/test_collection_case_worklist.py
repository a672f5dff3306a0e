from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseWorklist(CollectionCommon):
    """My Day: whose cases, which of them today, and the figures above (P2.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.collector = cls._role_user("day_collector", "collector")
        cls.colleague = cls._role_user("day_colleague", "collector")
        cls.manager = cls._role_user("day_manager", "manager")
        cls.today = cls.company._get_collection_today()
        cls.TODAY = cls.today
        cls.company.collection_policy_id.write({
            "user_id": cls.collector.id, "manager_id": cls.manager.id,
        })

    def _case(self, days=10, amount=100.0, user=None, name="Customer"):
        partner = self.env["res.partner"].create({"name": name})
        invoice = self._overdue_invoice(days, amount, partner=partner)
        self._classify()
        case = invoice.collection_case_id
        case.user_id = user or self.collector
        return case

    def _mine(self, user, *domain):
        return self.env["collection.case"].with_user(user).search(
            [("is_mine", "=", True), ("company_id", "=", self.company.id), *domain]
        )

    def _promise(self, case, days, amount=50.0, made=3):
        return self.env["collection.promise"].create({
            "case_id": case.id, "amount": amount,
            "date_made": self.today - timedelta(days=made),
            "date_promised": self.today + timedelta(days=days),
        })

    def _contact(self, case, days):
        return self.env["collection.activity"].create({
            "case_id": case.id, "outcome": "reached", "feedback": "Talked", "state": "confirmed",
            "date": datetime.now() - timedelta(days=days),
        })

    def _to_do(self, case, days, user=None):
        return case.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=self.today + timedelta(days=days),
            user_id=(user or case.user_id).id,
        )

    def _be_away(self, user, substitute, start=0, end=0):
        user.write({
            "collection_substitute_id": substitute.id,
            "collection_absent_from": self.today + timedelta(days=start),
            "collection_absent_to": self.today + timedelta(days=end),
        })

    def test_mine_are_own_task_force_and_stand_in_cases(self):
        own = self._case(user=self.colleague)
        force = self._case()
        force.member_ids = self.colleague
        other = self._case()
        self.assertEqual(self._mine(self.colleague), own | force)
        self._be_away(self.collector, self.colleague)
        self.assertEqual(self._mine(self.colleague), own | force | other)
        cases = (own | force | other).with_user(self.colleague)
        self.assertEqual(cases.mapped("is_stand_in"), [False, True, True])
        self.assertEqual(cases.mapped("is_mine"), [True, True, True])

    def test_standing_in_opens_the_case_for_these_days_only(self):
        """The record rules follow the absence, day by day and both ways."""
        case = self._case()
        self._contact(case, 2)
        self._promise(case, 5)
        for start, end, seen in [(-5, -1, False), (1, 5, False), (0, 0, True), (-3, 3, True)]:
            with self.subTest(start=start, end=end):
                self._be_away(self.collector, self.colleague, start, end)
                self.env.invalidate_all()
                for records in (case, case.collection_activity_ids, case.promise_ids,
                                case.line_ids, case.line_ids.move_id):
                    self.assertEqual(
                        records.with_user(self.colleague).has_access("read"), seen, records._name
                    )
        self._be_away(self.collector, self.colleague)
        case.with_user(self.colleague).hold_until = False
        contact = self.env["collection.activity"].with_user(self.colleague).create({
            "case_id": case.id, "outcome": "no_answer", "state": "confirmed",
        })
        self.assertEqual(contact.user_id, self.colleague)

    def test_other_roles_do_not_stand_in(self):
        sales = self._role_user("day_sales", "sales")
        case = self._case()
        self._be_away(self.collector, sales)
        with self.assertRaises(AccessError):
            case.with_user(sales).read(["amount_overdue"])

    def test_what_is_for_today(self):
        table = [
            ("nobody spoke to the customer", [], True),
            ("spoken to, nothing due", [("contact", 3)], False),
            ("to-do today", [("contact", 3), ("to_do", 0)], True),
            ("to-do late", [("contact", 3), ("to_do", -2)], True),
            ("to-do tomorrow", [("contact", 3), ("to_do", 1)], False),
            ("promise due today", [("contact", 3), ("promise", 0)], True),
            ("promise overdue", [("contact", 3), ("promise", -1)], True),
            ("promise tomorrow", [("contact", 3), ("promise", 1)], False),
            ("promise due, but spoken to today", [("promise", 0), ("contact", 0)], False),
            ("spoken to today, to-do due", [("contact", 0), ("to_do", 0)], True),
        ]
        for text, facts, expected in table:
            with self.subTest(text):
                case = self._case(name=text)
                for kind, days in facts:
                    getattr(self, f"_{kind}")(case, days)
                found = self._mine(self.collector, ("is_for_today", "=", True))
                self.assertEqual(case in found, expected)
                case.invalidate_recordset()
                self.assertEqual(case.is_for_today, expected)

    def test_paused_and_closed_cases_are_not_for_today(self):
        case = self._case()
        case.write({"hold_until": self.today, "hold_reason": "Asked by sales"})
        self.env["collection.case"]._escalate(self.today, self.company)
        self.assertFalse(self._mine(self.collector, ("is_for_today", "=", True)))
        case.action_close()
        self.assertFalse(case.is_for_today)

    def test_last_payment_is_the_customers_latest(self):
        case = self._case(amount=300.0)
        self.assertRecordValues(case, [{"date_last_payment": False, "amount_last_payment": 0}])
        for days, amount in [(9, 40.0), (2, 25.0)]:
            self._pay(
                case.line_ids.move_id, amount=amount,
                payment_date=self.today - timedelta(days=days),
            )
        case.invalidate_recordset()
        self.assertRecordValues(case.with_user(self.collector), [{
            "date_last_payment": self.today - timedelta(days=2), "amount_last_payment": 25.0,
        }])

    def test_next_case_goes_by_priority(self):
        first, second, third = (self._case(name=f"Next {n}") for n in range(3))
        for case, priority in ((first, 30), (second, 20), (third, 10)):
            case.sudo().priority = priority
        worklist = self.env["collection.case"].with_user(self.collector)
        contact = self.env["collection.activity"].with_user(self.collector).create(
            {"case_id": first.id, "outcome": "no_answer"}
        )
        action = contact.action_confirm_next()
        self.assertEqual(contact.state, "confirmed")
        self.assertEqual(action["params"]["action"]["res_id"], second.id)
        self._contact(second, 0)
        self.assertEqual(worklist._get_next_case(first), third)
        self._contact(third, 0)
        self.assertEqual(worklist._open_next_case(third)["tag"], "display_notification")

    def test_figures_of_the_day(self):
        due = self._case(amount=100.0)
        promised = self._case(amount=200.0)
        self._promise(promised, 0, 80.0)
        self._contact(self._case(amount=400.0), 3)
        self._case(amount=1000.0, user=self.colleague)
        paid = self._case(amount=60.0)
        # Made before the payment, which closes the case.
        self._pay(paid.line_ids.move_id, payment_date=self.today)
        plan = self.env["collection.target"].create([
            {"month": self.today, "kind": "amount", "value": value, "user_id": user.id}
            for user, value in ((self.collector, 500), (self.colleague, 300),
                                (self.env["res.users"], 900))
        ])
        step = self.company.collection_policy_id.step_ids[:1]
        self.env["collection.case.step"].sudo().create([
            {
                "case_id": due.id, "step_id": step.id, "cycle": cycle, "state": state,
                "user_id": self.collector.id, "date_due": self.today,
                "date_planned": self.today, "date_done": state == "done" and self.today,
                "date_deadline": self.today + timedelta(days=days),
            }
            for cycle, (state, days) in enumerate(
                [("planned", 0), ("planned", -1), ("planned", 1), ("done", -3)], 10
            )
        ])
        progress = self.env["collection.case"].with_user(self.collector).get_day_progress()
        self.assertEqual(progress, {
            "currency_id": self.company.currency_id.id,
            "to_collect": {"count": 2, "amount": 220.0},
            "promises": {"count": 1, "amount": 80.0},
            "steps": {"left": 2, "late": 1, "done": 1},
            "collected": {"amount": 60.0, "target": 500.0},
        })
        self._case(amount=50.0).user_id = False
        team = self.env["collection.case"].with_user(self.manager).get_day_progress(team=True)
        self.assertEqual(team["unassigned"], {"count": 1, "amount": 50.0})
        self.assertEqual(team["collected"], {"amount": 60.0, "target": 900.0})
        plan[2].unlink()
        team = self.env["collection.case"].with_user(self.manager).get_day_progress(team=True)
        self.assertEqual(team["collected"]["target"], 800.0, "All of the collectors'.")

    def test_figures_of_two_companies_are_in_the_active_ones_currency(self):
        foreign = self.setup_other_currency("HRK", rates=[("1900-01-01", 2.0)])
        other = self.setup_other_company(
            name="Abroad", currency_id=foreign.id
        )["company"]
        user = self._role_user("day_two", "collector")
        user.company_ids = [Command.link(other.id)]
        self._case(amount=100.0, user=user)
        partner = self.env["res.partner"].create({"name": "Abroad"})
        invoice = self._overdue_invoice(5, 300.0, partner=partner, company=other)
        self._classify(companies=other)
        invoice.collection_case_id.user_id = user
        cases = self.env["collection.case"].with_user(user)
        both = cases.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertEqual(both.get_day_progress()["to_collect"], {"count": 2, "amount": 250.0})
        one = cases.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(one.get_day_progress()["to_collect"], {"count": 1, "amount": 100.0})

    def test_figures_need_the_role(self):
        with self.assertRaises(AccessError):
            self.env["collection.case"].with_user(
                self._role_user("day_sales_figures", "sales")
            ).get_day_progress()

    def test_cases_at_risk(self):
        calm = self._case(name="Calm")
        self._contact(calm, 1)
        table = {
            "limitation": lambda case: case.sudo().write(
                {"limitation_date": self.today + timedelta(days=90)}
            ),
            "silent": lambda case: case.sudo().write(
                {"date_open": self.today - timedelta(days=14)}
            ),
            "promise": lambda case: self._promise(case, -1),
            "broken": lambda case: [
                self._promise(case, -1).action_break("Told so") for _n in range(2)
            ],
        }
        for name, make in table.items():
            with self.subTest(name):
                case = self._case(name=name)
                if name != "silent":
                    self._contact(case, 1)
                self.assertFalse(case.is_at_risk)
                make(case)
                case.invalidate_recordset()
                self.assertTrue(case.is_at_risk, case.risk_reason)
                self.assertTrue(case.risk_reason)
                self.assertIn(case, self.env["collection.case"].search([
                    ("is_at_risk", "=", True), ("company_id", "=", self.company.id),
                ]))
        self.assertFalse(calm.is_at_risk)
        self.assertNotIn(calm, self.env["collection.case"].search([("is_at_risk", "=", True)]))

    def test_next_action_is_planned_or_postponed(self):
        case = self._case()
        to_do = self._to_do(case, -1)
        others = self._to_do(case, -1, self.manager)
        wizard = self.env["collection.next.action"].with_user(self.collector)

        def make(**vals):
            return wizard.create({"case_ids": case.ids, **vals})

        tomorrow = self.today + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "reason"):
            make(kind="postpone", date=tomorrow).action_apply()
        with self.assertRaisesRegex(UserError, "is over"):
            make(date=self.today - timedelta(days=1)).action_apply()
        make(kind="postpone", date=tomorrow, note="Back from leave").action_apply()
        self.assertEqual(to_do.date_deadline, tomorrow)
        self.assertEqual(others.date_deadline, self.today - timedelta(days=1))
        self.assertIn("Back from leave", case.message_ids[0].body)
        make(method="visit", date=tomorrow, note="See the warehouse").action_apply()
        self.assertIn("See the warehouse", case.activity_ids.mapped("summary"))
        case.action_close()
        with self.assertRaisesRegex(UserError, "is closed"):
            make(date=tomorrow).action_apply()

    def test_plan_and_dispute_from_the_case(self):
        case = self._case(amount=300.0)
        action = case.with_user(self.collector).action_dispute()
        dispute = self.env["collection.dispute"].with_user(self.collector).with_context(
            **action["context"]
        ).create({"reason": "Two drums are damaged"})
        self.assertRecordValues(dispute, [{"amount": 300.0, "state": "open"}])
        dispute.write({"resolution": "invalid"})
        dispute.action_resolve()
        action = case.with_user(self.collector).action_propose_plan()
        plan = self.env["collection.plan"].with_user(self.collector).with_context(
            **action["context"]
        ).create({})
        plan.action_propose()
        self.assertEqual(plan.line_ids.mapped("amount"), [100.0, 100.0, 100.0])
        self.assertIn(self.manager.partner_id, case.message_ids.notified_partner_ids)

    def test_worklist_of_a_big_company_is_quick(self):
        """80 rows of 10,000 cases, with the columns shown, in at most 25 queries."""
        self._promise(self._case(name="First"), 0)
        self.env.flush_all()
        self.env.cr.execute("""
            WITH customer AS (
                INSERT INTO res_partner (name, complete_name, active, create_date, autopost_bills)
                SELECT 'Big ' || n, 'Big ' || n, TRUE, NOW(), 'ask' FROM generate_series(1, 10000) n
                RETURNING id
            ), same AS (
                SELECT id FROM customer
            )
            INSERT INTO collection_case (
                name, partner_id, company_id, user_id, stage, priority, amount_overdue,
                amount_to_collect, date_open, cycle, priority_parts, collection_state, active)
            SELECT 'BIG', id, %s, %s, 'first', id %% 100, id %% 1000, id %% 1000, %s, 1,
                   '{"amount": 5}', 'open', TRUE
              FROM same
        """, [self.company.id, self.collector.id, self.today])
        self.env.cr.execute("UPDATE res_partner SET commercial_partner_id = id"
                            " WHERE commercial_partner_id IS NULL")
        self.env.cr.execute("ANALYZE collection_case")
        self.env.invalidate_all()
        cases = self.env["collection.case"].with_user(self.collector)
        view = cases.get_view(
            self.env.ref("debt_collection.collection_case_view_list_day").id, "list"
        )
        names = [name for name in view["models"]["collection.case"] if name in cases._fields]
        specification = {
            name: {"fields": {"display_name": {}}}
            if cases._fields[name].type == "many2one" else {}
            for name in names
        }
        domain = [("is_mine", "=", True), ("stage", "!=", "closed"), ("is_for_today", "=", True)]
        cases.web_search_read(domain, specification, limit=80)  # caches of rules and views
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            page = cases.web_search_read(domain, specification, limit=80)
        self.assertEqual(len(page["records"]), 80)
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            cases.get_day_progress()
