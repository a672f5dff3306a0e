from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestResConfigSettings(CollectionCommon):
    """The settings page writes the company's own policy, and no other company's."""

    def test_settings_are_those_of_the_company(self):
        other = self.setup_other_company()["company"]
        day_of_other = other.collection_policy_id.collection_day
        collector = self._role_user("settings_collector", "collector")
        manager = self._role_user("settings_manager", "manager")
        settings = self.env["res.config.settings"].create({})
        settings.write({
            "collection_user_id": collector.id,
            "collection_manager_id": manager.id,
            "collection_day": 17,
        })
        settings.execute()
        self.assertRecordValues(self.env.company.collection_policy_id, [{
            "user_id": collector.id, "manager_id": manager.id, "collection_day": 17,
        }])
        self.assertRecordValues(other.collection_policy_id, [
            {"user_id": False, "manager_id": False, "collection_day": day_of_other},
        ])

    def test_day_of_the_month(self):
        for day in (0, 32, -1):
            with self.subTest(day=day), mute_logger("odoo.sql_db"), self.cr.savepoint():
                with self.assertRaises(IntegrityError):
                    self.env["res.config.settings"].create({"collection_day": day}).execute()
                    self.env.flush_all()

    def test_another_policy_of_the_company_can_be_the_default(self):
        policy = self.env["collection.policy"].create({"name": "Export", "collection_day": 3})
        settings = self.env["res.config.settings"].create({"collection_policy_id": policy.id})
        settings.execute()
        self.assertEqual(self.env.company.collection_policy_id, policy)
        self.assertEqual(policy.collection_day, 3)
