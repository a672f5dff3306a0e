from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLoad(CollectionCommon):
    """What each collector carries, for the manager (P2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.TODAY = cls.env.company._get_collection_today()
        cls.collector = cls._role_user("load_collector", "collector")
        cls.manager = cls._role_user("load_manager", "manager")
        cls.cases = cls.env["collection.case"]
        for days, amount, owner in [(10, 100.0, True), (70, 40.0, True), (20, 7.0, False)]:
            partner = cls.env["res.partner"].create({"name": f"Load {days}"})
            invoice = cls._overdue_invoice(days, amount, partner=partner)
            cls._classify()
            case = invoice.collection_case_id
            case.user_id = cls.collector if owner else False
            cls.cases |= case

    def _load(self, user):
        return self.env["collection.load"].with_user(self.manager).search(
            [("company_id", "=", self.env.company.id), ("user_id", "=", user.id)]
        )

    def test_figures(self):
        first = self.cases[0]
        first.activity_schedule("mail.mail_activity_data_todo", user_id=self.collector.id,
                                date_deadline=self.TODAY)
        self.env["collection.promise"].create({
            "case_id": first.id, "amount": 10.0, "date_made": self.TODAY - timedelta(days=5),
            "date_promised": self.TODAY - timedelta(days=1),
        })
        step = self.env.company.collection_policy_id.step_ids[:1]
        self.env["collection.case.step"].sudo().create([
            {
                "case_id": first.id, "step_id": step.id, "cycle": cycle, "state": "planned",
                "user_id": self.collector.id, "date_due": self.TODAY,
                "date_planned": self.TODAY, "date_deadline": self.TODAY - timedelta(days=late),
            }
            for cycle, late in enumerate((0, 1), 10)
        ])
        self.assertRecordValues(self._load(self.collector), [{
            "case_count": 2, "severe_count": 1, "amount_overdue": 140.0,
            "amount_to_collect": 130.0, "for_today_count": 1, "step_count": 2,
            "late_step_count": 1, "overdue_promise_count": 1, "silent_count": 0,
            "absent_until": False,
        }])
        self.assertRecordValues(self._load(self.env["res.users"]), [{
            "case_count": 1, "amount_overdue": 7.0, "display_name": "Unassigned",
        }])

    def test_absence_and_cases(self):
        until = self.TODAY + timedelta(days=3)
        self.collector.write({
            "collection_absent_from": self.TODAY, "collection_absent_to": until,
        })
        load = self._load(self.collector)
        self.assertEqual(load.absent_until, until)
        action = load.action_view_cases()
        self.assertEqual(
            self.env["collection.case"].search(action["domain"]), self.cases[:2].sorted()
        )

    def test_managers_only_and_own_companies(self):
        with self.assertRaises(AccessError):
            self.env["collection.load"].with_user(self.collector).search([])
        other = self._create_company(name="Second Company")
        abroad = self._role_user("load_abroad", "manager", other)
        self.assertFalse(self.env["collection.load"].with_user(abroad).search([]))
