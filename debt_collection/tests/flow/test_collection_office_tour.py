from odoo.tests import HttpCase, tagged

from ..base.common import CollectionCommon

ACTION = "/odoo/action-debt_collection."


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionOfficeTour(CollectionCommon, HttpCase):
    """What manager, finance and administrator do in the browser, each with that role alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._role_user("tour_manager", "manager")
        cls.collector = cls._role_user("tour_collector", "collector")
        customer = cls.env["res.partner"].create({"name": "Tour Customer"})
        cls._overdue_invoice(40, 250.0, partner=customer)
        cls._overdue_invoice(70, 100.0)
        cls._classify()

    def test_manager_assigns_cases_in_bulk(self):
        cases = self.env["collection.case"].search([("company_id", "=", self.env.company.id)])
        cases.user_id = False
        self.start_tour(
            f"{ACTION}collection_case_action?view_type=list",
            "debt_collection_manager_assigns",
            login=self.manager.login,
        )
        self.assertEqual(cases.user_id, self.collector)

    def test_manager_edits_the_ladder(self):
        self.start_tour(
            f"{ACTION}collection_tier_action",
            "debt_collection_manager_ladder",
            login=self.manager.login,
        )
        ladder = self.env["collection.tier"]._get_ladder(self.env.company)
        self.assertEqual(
            ladder.mapped(lambda tier: (tier.code, tier.day_from, tier.day_to)),
            [("mild", 1, 20), ("moderate", 21, 60), ("severe", 61, 0)],
        )

    def test_finance_signs_the_list(self):
        finance = self._role_user("tour_finance", "finance")
        overdue_list = self.env["collection.overdue.list"]._generate(self.TODAY)
        self.start_tour(
            f"{ACTION}collection_overdue_list_action",
            "debt_collection_finance_signs",
            login=finance.login,
        )
        self.assertRecordValues(overdue_list, [{"state": "signed", "signed_by": finance.id}])

    def test_administrator_sets_the_day_of_the_list(self):
        administrator = self._role_user("tour_administrator", "manager")
        administrator.group_ids += self.env.ref("base.group_system")
        self.start_tour(
            f"{ACTION}collection_settings_action",
            "debt_collection_settings",
            login=administrator.login,
        )
        self.assertEqual(self.env.company.collection_policy_id.collection_day, 12)
