from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCompanyWithoutPolicy(CollectionCommon):
    """A company that nobody gave a policy gets one from whoever needs it first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._overdue_invoice(40)

    def _take_away(self, company=None):
        """Leave a company as localisations' demo data or SQL do: without any policy."""
        company = company or self.env.company
        policies = self.env["collection.policy"].with_context(active_test=False)
        company.collection_policy_id = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_case SET policy_id = NULL, next_step_id = NULL"
            " WHERE company_id = %s", [company.id]
        )
        self.env.cr.execute("DELETE FROM collection_case_step WHERE company_id = %s", [company.id])
        self.env.cr.execute("DELETE FROM collection_policy WHERE company_id = %s", [company.id])
        self.env.invalidate_all()
        self.assertFalse(policies.search([("company_id", "=", company.id)]))

    def _assert_policy(self, company=None):
        company = company or self.env.company
        self.assertEqual(company.collection_policy_id.company_id, company)
        self.assertTrue(company.collection_policy_id.step_ids)

    def test_entry_points(self):
        """Each in turn, on a company that has none."""
        company, today = self.env.company, self.TODAY
        cases = self.env["collection.case"]
        cases._run_night(company, today)
        case = cases.search([("company_id", "=", company.id)], limit=1)
        policies = self.env["collection.policy"]
        points = {
            "night": lambda: cases._run_night(company, today),
            "first half": lambda: cases._classify(today, company),
            "second half": lambda: cases._escalate(today, company),
            "default": lambda: policies._get_default(company),
            "case": case._get_policy,
            "charges": lambda: case.line_ids._get_collection_charges(today),
            "reminders": lambda: self.env["collection.letter"]._remind_company(company, today),
            "overdue list": lambda: self.env["collection.overdue.list"]._generate(today, company),
            "settings": lambda: self.env["res.config.settings"].create(
                {"company_id": company.id}
            ).execute(),
        }
        for name, call in points.items():
            with self.subTest(name=name), self.cr.savepoint() as savepoint:
                self._take_away()
                call()
                # Tiers, lists and reminders ahead ask no policy.
                if name not in ("reminders", "first half", "overdue list"):
                    self._assert_policy()
                savepoint.rollback()

    def test_who_may_not_write_policies(self):
        """A collector who opens a case has no right to make policies, and needs none."""
        self._take_away()
        collector = self._role_user("lone_collector", "collector")
        policy = self.env["collection.policy"].with_user(collector)._get_default(
            self.env.company.with_user(collector)
        )
        self.assertEqual(policy, self.env.company.collection_policy_id)

    def test_own_policy_before_a_new_one(self):
        """What the company has is taken, for all customers before for some of them."""
        self._take_away()
        vals = {"company_id": self.env.company.id}
        policies = self.env["collection.policy"].create([
            {**vals, "name": "Large", "sequence": 1, "amount_from": 1000.0},
            {**vals, "name": "All", "sequence": 2},
        ])
        self.assertEqual(policies._get_default(self.env.company), policies[1])
        self.assertEqual(self.env.company.collection_policy_id, policies[1])
        policies[1].unlink()
        self.assertEqual(policies._get_default(self.env.company), policies[0])

    def test_branch_and_archived_company(self):
        company_model = self.env["res.company"]
        companies = company_model.create({"name": "Branch", "parent_id": self.env.company.id})
        companies += company_model.create({"name": "Asleep"})
        companies[1].active = False
        for company in companies:
            self._take_away(company)
        found = companies._ensure_collection_policy()
        self.assertEqual(found.company_id, companies)
        self.assertEqual(companies._ensure_collection_policy(), found, "made once")
