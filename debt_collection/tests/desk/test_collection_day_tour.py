import functools
import time
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

MY_DAY = "/odoo/action-debt_collection.collection_case_action_day"


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDayTour(CollectionCommon, HttpCase):
    """A collector's usual tasks, each in at most four clicks from My Day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.TODAY = cls.env.company._get_collection_today()
        cls.collector = cls._role_user("day_tour", "collector")
        cls.manager = cls._role_user("day_tour_manager", "manager")
        cls.env.company.collection_policy_id.manager_id = cls.manager
        cls.case = cls._tour_case("Tour Customer", 250.0)

    @classmethod
    def _tour_case(cls, name, amount):
        partner = cls.env["res.partner"].create({
            "name": name, "collector_id": cls.collector.id, "email": "tour@customer.example",
        })
        invoice = cls._overdue_invoice(40, amount, partner=partner)
        cls._classify()
        return invoice.collection_case_id

    def _do(self, task):
        self.start_tour(MY_DAY, f"debt_collection_day_{task}", login=self.collector.login)

    def test_log_a_call(self):
        self._do("log_call")
        self.assertRecordValues(self.case.collection_activity_ids, [{
            "method": "phone", "outcome": "no_answer", "state": "confirmed",
            "user_id": self.collector.id,
        }])

    def test_quick_click_while_the_form_asks_the_server(self):
        """Confirm is pressed before the server has answered what the outcome changes."""
        model = self.registry["collection.activity"]
        onchange = model.onchange

        @functools.wraps(onchange)
        def answer_late(records, values, field_names, fields_spec):
            time.sleep(1.5 if field_names else 0)
            return onchange(records, values, field_names, fields_spec)

        with patch.object(model, "onchange", answer_late):
            self._do("log_call")
        self.assertRecordValues(
            self.case.collection_activity_ids, [{"outcome": "no_answer", "state": "confirmed"}]
        )

    def test_take_a_promise(self):
        self._do("promise")
        self.assertRecordValues(self.case.promise_ids, [{"amount": 250.0, "state": "open"}])
        self.assertEqual((self.case.promise_ids.date_promised - self.TODAY).days, 3)

    def test_record_a_dispute(self):
        self._do("dispute")
        self.assertRecordValues(self.case.dispute_ids, [{
            "amount": 250.0, "state": "open", "reason": "Two drums are damaged",
        }])

    def test_propose_a_plan(self):
        self._do("plan")
        self.assertRecordValues(self.case.plan_ids, [{"state": "draft", "count": 5}])
        self.assertEqual(self.case.plan_ids.line_ids.mapped("amount"), [50.0] * 5)

    def test_print_a_statement(self):
        self._do("statement")

    def test_one_customer_after_the_other(self):
        second = self._tour_case("Second Customer", 90.0)
        self.case.sudo().priority, second.sudo().priority = 20, 10
        self._do("next")
        self.assertEqual(self.case.collection_activity_ids.state, "confirmed")
        self.assertFalse(second.collection_activity_ids)

    def test_cards(self):
        self._do("kanban")
        self.assertEqual(
            (self.case.activity_ids.date_deadline - self.TODAY).days, 1, "A call for tomorrow."
        )

    def test_manager_gives_away_what_nobody_has(self):
        self.case.user_id = False
        self.start_tour(
            "/odoo/action-debt_collection.collection_case_action_team",
            "debt_collection_team_day",
            login=self.manager.login,
        )
        self.assertEqual(self.case.user_id, self.collector)

    def test_on_the_phone(self):
        """A call is logged from the card on a screen of 375 pixels."""
        self.browser_size = "375x667"
        self.touch_enabled = True
        self._do("phone")
        self.assertRecordValues(self.case.collection_activity_ids, [{
            "method": "phone", "outcome": "no_answer", "feedback": "Nobody there",
        }])
