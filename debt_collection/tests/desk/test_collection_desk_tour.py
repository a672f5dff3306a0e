from unittest.mock import patch

from odoo.http import JsonRPCDispatcher
from odoo.tests import HttpCase, tagged

from .test_collection_desk import DeskCommon

DESK = "/odoo/desk"
MOST_CALLS = 12


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionDeskTour(DeskCommon, HttpCase):
    """The journeys of a collector's day in a browser; the tours count the clicks."""

    def _do(self, journey, path=DESK):
        self.start_tour(path, f"debt_collection_desk_{journey}", login=self.collector.login)

    def test_no_answer_and_next(self):
        second = self._second_case()
        self._do("no_answer")
        self.assertEqual(self.case.collection_activity_ids.outcome, "no_answer")
        self.assertFalse(second.collection_activity_ids)

    def _second_case(self):
        other = self.customer.copy({"name": "Second Customer", "collector_id": self.collector.id})
        invoice = self._overdue_invoice(40, 90.0, partner=other)
        self._classify()
        second = invoice.collection_case_id
        self.case.sudo().priority, second.sudo().priority = 20, 10
        return second

    def test_promise(self):
        self._do("promise")
        self.assertRecordValues(self.case.promise_ids, [{"amount": 250.0, "state": "open"}])

    def test_promise_of_a_part(self):
        self._do("part")
        self.assertRecordValues(self.case.promise_ids, [{"amount": 120.5, "state": "open"}])

    def test_promise_taken_back(self):
        self._do("undo")
        self.assertEqual(self.case.promise_ids.state, "cancelled")

    def test_dispute(self):
        self._do("dispute")
        self.assertRecordValues(self.case.dispute_ids, [{"amount": 250.0, "state": "open"}])

    def test_plan(self):
        self._do("plan")
        self.assertRecordValues(self.case.plan_ids, [{"amount": 350.0, "count": 3}])

    def test_statement(self):
        self._do("statement")
        self.assertEqual(self.case.letter_ids.kind, "statement")
        self.assertTrue(self.case.letter_ids.date_released)

    def test_letter(self):
        self._do("letter")
        self.assertEqual(self.case.letter_ids.kind, "dunning")

    def test_visit(self):
        self._do("visit")
        self.assertRecordValues(self.case.collection_activity_ids, [
            {"method": "visit", "outcome": "reached"},
        ])

    def test_correct(self):
        self.desk.log_call(self.case.id, "no_answer")
        self._do("correct", f"{DESK}/{self.case.id}")
        self.assertEqual(len(self.case.collection_activity_ids), 2)

    def test_promises_of_this_week(self):
        self.desk.make_promise(self.case.id, 350.0, self.TODAY)
        self._do("week")

    def test_outcomes_by_keys(self):
        second = self._second_case()
        self._do("keys")
        self.assertEqual(self.case.collection_activity_ids.outcome, "no_answer")
        self.assertEqual(second.collection_activity_ids.outcome, "refused")

    def test_address_opens_the_case(self):
        second = self._second_case()
        self._do("address", f"/odoo/collections/desk/{second.id}")

    def test_on_the_phone(self):
        self.browser_size = "375x667"
        self.touch_enabled = True
        self._do("phone")
        self.assertEqual(self.case.collection_activity_ids.outcome, "no_answer")

    def test_the_next_action_is_in_sight_below_a_long_worklist(self):
        for number in range(25):
            partner = self.customer.copy(
                {"name": f"Customer {number}", "collector_id": self.collector.id}
            )
            self._overdue_invoice(40, 90.0, partner=partner)
        self._classify()
        self.case.sudo().priority = 99
        self.browser_size = "1366x768"
        self._do("open")

    def test_opens_with_few_calls(self):
        calls = []
        dispatch = JsonRPCDispatcher.dispatch

        def count(dispatcher, endpoint, args):
            calls.append(dispatcher.request.httprequest.path)
            return dispatch(dispatcher, endpoint, args)

        with patch.object(JsonRPCDispatcher, "dispatch", count):
            self._do("open")
        self.assertLessEqual(len(calls), MOST_CALLS, calls)
        ours = [path for path in calls if "collection.desk" in path]
        self.assertEqual(len(ours), 2, calls)
