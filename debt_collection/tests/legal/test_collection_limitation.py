from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLimitation(CollectionCommon):
    """The limitation clock of cases, moved by what the law of the customer counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.company = cls.env.company
        cls.collector = cls._role_user("limit_collector", "collector")
        cls.manager = cls._role_user("limit_manager", "manager")
        cls.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.chinese, cls.english, cls.american = cls.env["res.partner"].create([
            {"name": f"Limitation {code}", "country_id": cls.env.ref(f"base.{code}").id}
            for code in ("cn", "uk", "us")
        ])
        # 1,000 days before 2025-09-30 is 2023-01-04.
        cls.old = cls._overdue_invoice(1000, 500.0, partner=cls.chinese)
        cls.new = cls._overdue_invoice(100, 50.0, partner=cls.chinese)
        cls.abroad = cls._overdue_invoice(1000, 70.0, partner=cls.english)
        cls.unknown = cls._overdue_invoice(1000, 30.0, partner=cls.american)
        cls._classify()
        cls.case = cls.old.collection_case_id

    def _update(self, as_of=None):
        done = self.env["collection.limitation"]._update_limitations(
            self.company, as_of or self.TODAY
        )
        self.env.invalidate_all()
        return done

    def _contact(self, event, day, case=None):
        return self.env["collection.activity"].create({
            "case_id": (case or self.case).id, "date": f"{day} 12:00:00", "outcome": "reached",
            "method": "letter", "limitation_event": event, "state": "confirmed",
        })

    def test_first_of_the_items_by_the_customers_law(self):
        self._update()
        for case, day in [
            (self.case, date(2026, 1, 4)),
            (self.abroad.collection_case_id, date(2029, 1, 4)),
            (self.unknown.collection_case_id, False),
        ]:
            with self.subTest(customer=case.partner_id.name):
                self.assertEqual(case.limitation_date, day)
        self.assertIn(self.old.name, self.case.limitation_event)
        self.assertEqual(len(self.case.limitation_ids), 2)

    def test_the_law_chosen_on_the_customer(self):
        self.american.collection_limitation_rule_id = self.env.ref(
            "debt_collection.limitation_rule_de"
        )
        self._update()
        self.assertEqual(
            self.unknown.collection_case_id.limitation_date, date(2026, 12, 31)
        )

    def test_what_starts_it_anew(self):
        for event, chinese, english in [
            ("demand", date(2028, 5, 20), date(2029, 1, 4)),
            ("acknowledgment", date(2028, 5, 20), date(2031, 5, 20)),
            ("suit", date(2028, 5, 20), date(2031, 5, 20)),
        ]:
            with self.subTest(event=event), self.cr.savepoint() as savepoint:
                abroad = self.abroad.collection_case_id
                contacts = [self._contact(event, "2025-05-20", case)
                            for case in (self.case, abroad)]
                self._update()
                self.assertEqual(self.case.limitation_date, chinese)
                self.assertEqual(abroad.limitation_date, english)
                # A contact that was corrected counts no more.
                self.env["collection.activity"].create({
                    "case_id": self.case.id, "corrects_id": contacts[0].id, "method": "letter",
                    "date": "2025-05-20 12:00:00", "outcome": "other", "state": "confirmed",
                })
                self._update()
                self.assertEqual(self.case.limitation_date, date(2026, 1, 4))
                savepoint.rollback()

    def test_part_payment(self):
        self._pay(self.old, amount=100.0, payment_date=date(2025, 6, 2))
        self._update()
        self.assertEqual(self.case.limitation_date, date(2028, 6, 2))
        self.assertIn("paid", self.case.limitation_event)
        self._pay(self.old)
        self._update()
        self.assertEqual(self.case.limitation_ids.move_id, self.new)

    def test_a_plan_that_was_accepted(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "count": 2,
            "item_ids": [Command.set(self._receivable(self.old).ids)], "amount": 500.0,
            "date_first": "2025-10-31",
        })
        self._update()
        self.assertEqual(self.case.limitation_date, date(2026, 1, 4))
        plan._set_state("performing", date_accepted=date(2025, 9, 1))
        self._update()
        self.assertEqual(
            self.case.limitation_ids.filtered(lambda row: row.move_id == self.old).date_limit,
            date(2028, 9, 1),
        )

    def test_promises_and_plans_in_writing(self):
        """English law asks for writing; of a promise the proof is its writing, everywhere."""
        english = self.abroad.collection_case_id
        for case, invoice, restarted in [
            (self.case, self.old, date(2028, 9, 1)), (english, self.abroad, date(2031, 9, 1)),
        ]:
            promise = self.env["collection.promise"].create({
                "case_id": case.id, "amount": 10.0, "date_made": date(2025, 9, 1),
                "date_promised": date(2025, 12, 1),
            })

            def get_limit(invoice=invoice):
                self._update()
                return self.env["collection.limitation"].search(
                    [("move_id", "=", invoice.id)]
                ).date_limit

            before = get_limit()
            promise.is_written = True
            self.assertEqual(get_limit(), restarted)
            promise.action_cancel()
            self.assertEqual(get_limit(), before)
            plan = self.env["collection.plan"].create({
                "case_id": case.id, "count": 2, "date_first": "2025-10-31",
                "item_ids": [Command.set(self._receivable(invoice).ids)],
            })
            plan._set_state("performing", date_accepted=date(2025, 9, 1))
            self.assertEqual(get_limit(), before if case == english else restarted)
            plan.sudo().is_written = True
            self.assertEqual(get_limit(), restarted)

    def test_warned_once_at_each_threshold(self):
        def to_dos():
            return self.env["mail.activity"].search([
                ("res_model", "=", "collection.case"), ("res_id", "=", self.case.id),
                ("summary", "like", self.old.name),
            ])

        for as_of, count, user in [
            (date(2025, 7, 7), 0, None),
            (date(2025, 7, 8), 1, self.collector),
            (date(2025, 7, 9), 1, self.collector),
            (date(2025, 11, 5), 2, self.manager),
            (date(2025, 12, 5), 3, self.manager),
            (date(2026, 1, 10), 3, self.manager),
        ]:
            with self.subTest(as_of=as_of):
                self._update(as_of)
                self.assertEqual(len(to_dos()), count)
                if user:
                    self.assertEqual(to_dos().sorted("id")[-1].user_id, user)

    def test_a_second_run_writes_nothing(self):
        self._update()
        self.env.cr.execute("SELECT id, xmin::text FROM collection_limitation ORDER BY id")
        before = self.env.cr.fetchall()
        self._update()
        self.env.cr.execute("SELECT id, xmin::text FROM collection_limitation ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_escalation_keeps_it_and_priority_counts_it(self):
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertEqual(self.case.limitation_date, date(2026, 1, 4))
        self.assertIn("limitation", self.case.priority_parts)

    def test_roles(self):
        self._update()
        other = self._role_user("limit_other", "collector")
        elsewhere = self._role_user(
            "limit_elsewhere", "manager", self.env["res.company"].create({"name": "Elsewhere"})
        )
        for user, count in [
            (self.collector, 3), (self.manager, 3), (self._role_user("limit_fin", "finance"), 3),
            (other, 0), (elsewhere, 0),
        ]:
            with self.subTest(user=user.login):
                found = self.env["collection.limitation"].with_user(user).search(
                    [("case_id.partner_id", "in", (self.chinese + self.english).ids)]
                )
                self.assertEqual(len(found), count)
        with self.assertRaises(AccessError):
            self.env["collection.limitation"].with_user(
                self._role_user("limit_sales", "sales")
            ).search([])
        rule = self.env.ref("debt_collection.limitation_rule_cn")
        with self.assertRaises(AccessError):
            rule.with_user(self.collector).years = 4
        rule.with_user(self.manager).years = 4
