from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseTour(CollectionCommon, HttpCase):
    """What a collector does in the browser, without any accounting right."""

    def test_collector_opens_own_case(self):
        collector = self._role_user("tour_collector", "collector")
        customer = self.env["res.partner"].create(
            {"name": "Tour Customer", "collector_id": collector.id}
        )
        self._overdue_invoice(40, 250.0, partner=customer)
        self._classify()
        self.start_tour(
            "/odoo/action-debt_collection.collection_case_action_my",
            "debt_collection_collector_case",
            login=collector.login,
        )

    def test_collector_logs_a_contact(self):
        """In four clicks from the own cases; the planned call is done with it."""
        collector = self._role_user("tour_caller", "collector")
        customer = self.env["res.partner"].create(
            {"name": "Tour Customer", "collector_id": collector.id}
        )
        invoice = self._overdue_invoice(3, 250.0, partner=customer)
        self._classify()
        self.env["collection.case"]._escalate(self.TODAY, self.env.company)
        case = invoice.collection_case_id
        self.start_tour(
            "/odoo/action-debt_collection.collection_case_action_my",
            "debt_collection_log_contact",
            login=collector.login,
        )
        self.assertRecordValues(case.collection_activity_ids, [{
            "state": "confirmed", "outcome": "no_answer", "user_id": collector.id,
        }])
        self.assertEqual(case.collection_activity_ids.case_step_id.state, "done")
