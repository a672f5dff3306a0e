from odoo.tests import HttpCase, tagged

from .common import CollectionCommon


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
