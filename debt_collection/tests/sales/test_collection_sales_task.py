from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionSalesTask(CollectionCommon):
    """Sales help without seeing the case: tasks, notes, and word of moderate debts (P2.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("task_collector", "collector")
        cls.seller = cls._role_user("task_seller", "sales")
        cls.partner_a.write({"collector_id": cls.collector.id, "user_id": cls.seller.id})
        cls.invoice = cls._overdue_invoice(10, 100.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    def _ask(self, **vals):
        return self.env["collection.sales.task"].with_user(self.collector).create({
            "name": "Signed delivery note", "case_id": self.case.id, **vals,
        })

    def test_salesperson_answers(self):
        task = self._ask()
        self.assertEqual(task.user_id, self.seller)
        self.assertEqual(task.activity_ids.user_id, self.seller)
        seen = task.with_user(self.seller)
        self.assertEqual(seen.partner_id, self.partner_a)
        with self.assertRaises(AccessError):
            seen.read(["case_id"])
        with self.assertRaises(UserError):
            seen.action_answer()
        with self.assertRaises(UserError):
            seen.write({"name": "Something else"})
        with self.assertRaises(UserError):
            seen.write({"state": "answered"})
        seen.answer = "It is in the <b>mail</b>"
        seen.action_answer()
        self.assertEqual(task.state, "answered")
        self.assertFalse(task.activity_ids)
        message = self.case.message_ids[0]
        self.assertIn("It is in the &lt;b&gt;mail", message.body)
        self.assertEqual(message.author_id, self.seller.partner_id)
        self.assertIn(self.collector.partner_id, message.notified_partner_ids)
        for action in (seen.action_answer, lambda: seen.write({"answer": "No"})):
            with self.assertRaises(UserError):
                action()

    def test_finance_tells_of_the_ability_to_pay(self):
        """The policy's contact in finance is asked, with a deadline, and answers (P2.4)."""
        finance = self._role_user("task_finance", "finance")
        self.env.company.collection_policy_id.finance_user_id = finance
        context = self.case.with_user(self.collector).action_ask_finance()["context"]
        task = self.env["collection.sales.task"].with_user(self.collector).with_context(
            **context
        ).create({})
        self.assertRecordValues(task, [{
            "user_id": finance.id, "department": "finance", "case_id": self.case.id,
        }])
        self.assertTrue(task.date_deadline)
        self.assertEqual(task.activity_ids.user_id, finance)
        seen = task.with_user(finance)
        seen.answer = "The bank lends to them until March"
        seen.action_answer()
        self.assertEqual(task.state, "answered")
        self.assertIn("until March", self.case.message_ids[0].body)
        with self.assertRaises(AccessError):
            task.with_user(self.seller).read(["name"])

    def test_who_sees_a_task(self):
        task = self._ask()
        table = [
            ("collector", False), ("manager", True), ("sales", False), ("finance", False),
        ]
        for role, seen in table:
            user = self._role_user(f"task_other_{role}", role)
            with self.subTest(role=role):
                found = self.env["collection.sales.task"].with_user(user).search(
                    [("id", "=", task.id)]
                )
                self.assertEqual(bool(found), seen)
        with self.assertRaises(AccessError):
            self.env["collection.sales.task"].with_user(self.seller).create(
                {"name": "Mine", "case_id": self.case.id}
            )

    def test_collector_cancels(self):
        task = self._ask()
        with self.assertRaises(UserError):
            task.with_user(self.seller).action_cancel()
        task.action_cancel()
        self.assertEqual(task.state, "cancelled")
        self.assertFalse(task.activity_ids)

    def test_note_of_sales_reaches_the_log(self):
        note = self.env["collection.sales.note"].with_user(self.seller).create(
            {"partner_id": self.partner_a.id, "text": "Ask for Ms Li"}
        )
        note.action_send()
        self.assertIn("Ask for Ms Li", self.case.message_ids[0].body)
        with self.assertRaises(AccessError):
            self.case.with_user(self.seller).read(["name"])
        note.partner_id = self.partner_b
        with self.assertRaises(UserError):
            note.action_send()

    def test_salesperson_hears_once_of_moderate_debts(self):
        case_model = self.env["collection.case"]
        table = [
            # day of the escalation, to-dos of the salesperson so far
            (10, 0), (31, 1), (32, 1), (61, 1),
        ]
        for days, expected in table:
            with self.subTest(days=days):
                day = self.invoice.invoice_date_due + timedelta(days=days)
                self._classify(day)
                case_model._escalate(day, self.env.company)
                to_dos = self.partner_a.activity_ids.filtered(
                    lambda a: a.user_id == self.seller
                )
                self.assertEqual(len(to_dos), expected)
