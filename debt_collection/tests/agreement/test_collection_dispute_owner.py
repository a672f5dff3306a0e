from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDisputeOwner(CollectionCommon):
    """Disputes answered by another department, and what follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("disp_collector", "collector")
        cls.manager = cls._role_user("disp_manager", "manager")
        cls.finance = cls._role_user("disp_finance", "finance")
        cls.sales = cls._role_user("disp_sales", "sales")
        cls.warehouse = new_test_user(
            cls.env, login="disp_warehouse", groups="base.group_user",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )
        cls.company.collection_policy_id.write({
            "user_id": cls.collector.id, "manager_id": cls.manager.id,
            "finance_user_id": cls.finance.id,
        })
        cls.invoice = cls._overdue_invoice(70, 1000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.line = cls._receivable(cls.invoice)

    def _dispute(self, amount=1000.0, owner=None, lines=None, **vals):
        return self.env["collection.dispute"].with_user(self.collector).create({
            "case_id": self.case.id,
            "line_ids": [Command.set((lines or self.line).ids)],
            "amount": amount,
            "reason": "Two pallets were missing",
            "reason_id": self.env.ref("debt_collection.dispute_reason_quantity").id,
            "user_id": (owner or self.warehouse).id,
            "date_open": self.TODAY,
            **vals,
        })

    def test_owner_gets_a_to_do_with_a_deadline(self):
        dispute = self._dispute()
        # Tuesday 2025-09-30 and five working days.
        self.assertRecordValues(dispute, [{
            "department": "logistics", "date_deadline": date(2025, 10, 7),
        }])
        self.assertRecordValues(dispute.sudo().activity_ids, [{
            "user_id": self.warehouse.id, "date_deadline": date(2025, 10, 7),
        }])
        dispute.user_id = self.sales
        self.assertRecordValues(dispute.sudo().activity_ids, [{"user_id": self.sales.id}])

    def test_owner_answers_and_sees_nothing_else(self):
        for owner in (self.warehouse, self.sales, self.finance):
            with self.subTest(owner=owner.login):
                dispute = self._dispute(owner=owner)
                own = dispute.with_user(owner)
                own.invalidate_recordset()
                self.assertEqual(own.reason, "Two pallets were missing")
                self.assertEqual(own.items_text, self.invoice.name)
                self.assertIn(self.partner_a.name, own.display_name)
                for vals in ({"amount": 1.0}, {"user_id": owner.id}, {"reason": "No"},
                             {"line_ids": [Command.clear()]}):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        own.write(vals)
                own.write({"resolution": "settled", "resolution_note": "Sent on Monday"})
                own.action_resolve()
                self.assertEqual(dispute.state, "resolved")
                self.assertFalse(dispute.sudo().activity_ids)
                self.assertIn("Sent on Monday", self.case.message_ids[0].body)
        for user in (self.warehouse, self.sales):
            with self.assertRaises(AccessError):
                self.case.with_user(user).check_access("read")
            with self.assertRaises(AccessError):
                self.env["collection.activity"].with_user(user).search([])

    def test_others_see_no_dispute(self):
        dispute = self._dispute(owner=self.warehouse)
        other_collector = self._role_user("disp_other", "collector")
        for user, reads, writes in [
            (self.sales, False, False), (other_collector, False, False),
            (self.finance, True, False), (self.manager, True, True),
            (self.collector, True, True), (self.warehouse, True, True),
        ]:
            with self.subTest(user=user.login):
                self.assertEqual(dispute.with_user(user).has_access("read"), reads)
                self.assertEqual(dispute.with_user(user).has_access("write"), writes)
                self.assertEqual(
                    bool(self.env["collection.dispute"].with_user(user).search(
                        [("id", "=", dispute.id)])), reads,
                )

    def test_late_owner_is_reminded_once(self):
        dispute = self._dispute()
        model = self.env["collection.dispute"]
        for day, reminded in [(date(2025, 10, 7), False), (date(2025, 10, 8), True),
                              (date(2025, 10, 9), False)]:
            with self.subTest(day=day):
                found = model._remind_late(day, self.company)
                self.assertEqual(bool(found), reminded)
        message = self.env["mail.message"].search([
            ("partner_ids", "in", self.warehouse.partner_id.ids),
            ("message_type", "=", "user_notification"), ("model", "=", "collection.dispute"),
        ])
        self.assertEqual(len(message.filtered(lambda m: "waits" in (m.subject or ""))), 1)
        dispute.date_deadline = date(2025, 10, 20)
        self.assertFalse(model._remind_late(date(2025, 10, 20), self.company))
        self.assertTrue(model._remind_late(date(2025, 10, 21), self.company))

    def test_valid_asks_finance_for_a_credit_note(self):
        dispute = self._dispute(amount=400.0)
        own = dispute.with_user(self.warehouse)
        own.write({"resolution": "valid", "resolution_note": "They are right"})
        own.action_resolve()
        to_do = self.case.activity_ids.filtered(lambda a: "Credit note" in (a.summary or ""))
        self.assertEqual(to_do.user_id, self.finance)
        self.assertIn("400.00", to_do.summary)
        self.assertIn(self.invoice.name, to_do.summary)
        action = dispute.with_env(self.env).action_credit_note()
        wizard = self.env["account.move.reversal"].with_context(**action["context"]).create({
            "date": self.TODAY, "journal_id": self.invoice.journal_id.id,
        })
        self.assertEqual(wizard.move_ids, self.invoice)

    def test_invalid_resumes_the_chase(self):
        dispute = self._dispute()
        self.assertEqual(self.case.amount_to_collect, 0.0)
        own = dispute.with_user(self.warehouse)
        own.resolution = "invalid"
        own.action_resolve()
        self.assertEqual(self.case.amount_to_collect, 1000.0)
        call = self.case.activity_ids.filtered(lambda a: "rejected" in (a.summary or ""))
        self.assertEqual(call.user_id, self.collector)
        self.assertEqual(call.activity_type_id.collection_method, "phone")
        with self.assertRaises(UserError):
            dispute.with_env(self.env).action_credit_note()

    def test_only_what_is_contested_is_left_out(self):
        """An item contested in part is chased for the rest; one contested in full is not.

        A dispute over several items contests the oldest of them first.
        """
        newer = self._receivable(self._overdue_invoice(10, 300.0))
        self._classify()
        due_old, due_new = self.line.date_maturity, newer.date_maturity
        for amount, lines, due, to_collect in [
            (999.99, self.line, due_old, 300.01),
            (1000.0, self.line, due_new, 300.0),
            (1299.99, self.line + newer, due_new, 0.01),
            (1300.0, self.line + newer, None, 0.0),
        ]:
            with self.subTest(amount=amount), self.cr.savepoint() as savepoint:
                self._dispute(amount=amount, lines=lines)
                basis = self.case._get_chase_basis(self.company)
                self.assertEqual(basis.get(self.case.id, {}).get("date_due"), due)
                self.assertAlmostEqual(self.case.amount_to_collect, to_collect)
                savepoint.rollback()

    def test_payment_of_the_uncontested_part_leaves_the_item_out(self):
        self._dispute(amount=400.0)
        self.assertIn(self.case.id, self.case._get_chase_basis(self.company))
        self._pay(self.invoice, amount=600.0)
        self.assertNotIn(self.case.id, self.case._get_chase_basis(self.company))

    def test_disputes_are_analysed_by_kind_and_department(self):
        self._dispute(amount=400.0)
        groups = self.env["collection.dispute"]._read_group(
            [("case_id", "=", self.case.id)],
            ["reason_id", "department", "date_open:month"], ["amount:sum"],
        )
        self.assertEqual(groups, [(
            self.env.ref("debt_collection.dispute_reason_quantity"), "logistics",
            date(2025, 9, 1), 400.0,
        )])

    def test_plan_and_dispute_on_one_item_are_not_counted_twice(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "date_first": self.TODAY + timedelta(days=10),
        })
        plan._set_state("performing", date_accepted=self.TODAY)
        self._dispute(amount=400.0)
        self.assertRecordValues(self.case, [{
            "amount_disputed": 400.0, "amount_planned": 600.0, "amount_to_collect": 0.0,
        }])

    def test_plan_counts_payments_of_its_own_items(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "date_first": self.TODAY + timedelta(days=10),
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        other = self._overdue_invoice(5, 700.0)
        self.assertEqual(other.collection_case_id, self.case)
        self._pay(other, amount=700.0)
        self._pay(self.invoice, amount=100.0)
        self.env["collection.plan"]._evaluate(self.TODAY, self.company)
        self.assertEqual(plan.amount_received, 100.0)

    def test_promise_paid_late(self):
        """Promised 100 for day 5, grace 3: money from day 9 on is late, never kept."""
        for paid_on, amount, seen_on, late in [
            (9, 100.0, 9, True), (9, 95.0, 12, True), (9, 94.99, 12, False),
            (20, 100.0, 19, False), (68, 100.0, 70, True), (69, 100.0, 70, False),
        ]:
            with self.subTest(paid_on=paid_on, seen_on=seen_on), self.cr.savepoint() as point:
                promise = self.env["collection.promise"].create({
                    "case_id": self.case.id, "amount": 100.0, "date_made": self.TODAY,
                    "date_promised": self.TODAY + timedelta(days=5),
                })
                model = self.env["collection.promise"]
                model._evaluate(self.TODAY + timedelta(days=9), self.company)
                self._pay(self.invoice, amount=amount,
                          payment_date=self.TODAY + timedelta(days=paid_on))
                model._evaluate(self.TODAY + timedelta(days=seen_on), self.company)
                self.assertRecordValues(promise, [{"state": "broken", "is_late": late}])
                point.rollback()
