import csv
import io

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, HttpCase, tagged

from ...tools.csv_safe import neutralise
from .assessment_common import AssessmentCommon


@tagged("debt_collection")
class TestCsvSafe(BaseCase):
    def test_text_is_no_formula(self):
        for value, expected in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1", "'+1"), ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), (" =1", "' =1"), ("＝1", "'＝1"),
            ("Paid = done", "Paid = done"), ("", ""), (None, ""), (False, ""), (-5.5, -5.5), (0, 0),
        ]:
            with self.subTest(value=value):
                self.assertEqual(neutralise(value), expected)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionReward(AssessmentCommon, HttpCase):
    """Rewards and penalties: proposed by rules, decided by two people (P5.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["collection.target"].create({
            "kind": "recovery", "value": 30, "month": "2025-01-01", "company_id": cls.company.id,
        })
        invoice = cls._invoice("2025-08-01", 1000, cls._partner())
        cls._case(invoice, cls.collector)
        cls._pay_on(invoice, "2025-09-05", 400)
        cls.second = cls._role_user("reward_manager", "manager")
        cls.finance = cls._role_user("reward_finance", "finance")
        cls.rule = cls.env["collection.reward.rule"].create({
            "name": "Bonus", "grade": "good", "kind": "bonus", "measure": "amount",
            "amount": 500, "company_id": cls.company.id,
        })
        cls.env["collection.reward.rule"].create({
            "name": "Warning", "grade": "fail", "kind": "warning", "company_id": cls.company.id,
        })
        with freeze_time("2025-10-02 08:00:00"):
            cls.assessment = cls._assess().filtered("user_id")
            cls.assessment.with_user(cls.manager).action_confirm()

    def _propose(self):
        self.assessment.with_user(self.manager).action_propose_rewards()
        return self.assessment.reward_ids

    def _approved(self, reason="=1+1 for a good month"):
        reward = self._propose()
        reward.with_user(self.manager).reason = reason
        reward.with_user(self.manager).action_request()
        reward.with_user(self.second).action_approve()
        return reward

    def test_proposed_by_the_rules_of_the_grade(self):
        reward = self._propose()
        self.assertRecordValues(reward, [{
            "kind": "bonus", "amount": 500.0, "state": "draft", "user_id": self.collector.id,
            "grade": "good", "rule_id": self.rule.id,
        }])
        self.assertEqual(self._propose(), reward)

    def test_rules_that_ship(self):
        """All four grades, a large loss recovered, a bad-debt rate too high: proposals only."""
        rules = self.env["collection.reward.rule"].search([("company_id", "=", False)])
        self.assertEqual(
            {rule.grade for rule in rules if rule.basis == "grade"},
            {"excellent", "good", "pass", "fail"},
        )
        self.assertEqual(
            {rule.kind for rule in rules if rule.basis != "grade"},
            {"special_award", "demotion", "dismissal"},
        )
        # What the company says itself takes their place, grade by grade.
        own = rules._get_rules_for(self.company)
        self.assertIn(self.rule, own)
        self.assertFalse(own.filtered(lambda rule: rule.grade == "good") - self.rule)
        self.assertTrue(own.filtered(lambda rule: rule.grade == "excellent"))
        line = self.assessment.line_ids.filtered(lambda line: line.kind == "bad_debt")
        for rate, kinds in [(9.99, ["bonus"]), (10.0, ["bonus", "demotion"]),
                            (25.0, ["bonus", "dismissal"])]:
            line.sudo().write({"value": rate, "has_data": True})
            self.assertEqual(sorted(self.assessment._get_reward_rules().mapped("kind")), kinds)

    def test_a_large_loss_recovered(self):
        self.rule.copy({
            "name": "Award", "basis": "recovered", "grade": False, "amount_from": 200,
            "kind": "special_award",
        })
        for amount, kinds in [(199.0, ["bonus"]), (200.0, ["bonus", "special_award"])]:
            self.patch(
                type(self.assessment), "_get_largest_recovery", lambda _self, a=amount: a
            )
            self.assertEqual(sorted(self.assessment._get_reward_rules().mapped("kind")), kinds)

    def test_two_people_and_a_reason(self):
        reward = self._propose()
        with self.assertRaisesRegex(UserError, "reason"):
            reward.with_user(self.manager).action_request()
        reward.with_user(self.manager).reason = "A good month"
        reward.with_user(self.manager).action_request()
        with self.assertRaisesRegex(UserError, "yourself"):
            reward.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            reward.with_user(self.manager).amount = 5000
        with self.assertRaises(AccessError):
            reward.with_user(self.finance).action_approve()
        reward.with_user(self.second).action_approve()
        self.assertRecordValues(reward, [{
            "state": "approved", "requested_by_id": self.manager.id,
            "approved_by_id": self.second.id,
        }])
        with self.assertRaises(UserError):
            reward.with_user(self.second).unlink()

    def test_nobody_rewards_themselves(self):
        own = self.env["collection.assessment"].sudo().create({
            "company_id": self.company.id, "month": "2025-08-01", "user_id": self.second.id,
            "state": "confirmed",
        })
        vals = {"assessment_id": own.id, "kind": "special_award", "reason": "Recovered a big loss"}
        rewards = self.env["collection.reward"]
        with self.assertRaisesRegex(UserError, "about yourself"):
            rewards.with_user(self.second).create(vals)
        reward = rewards.with_user(self.manager).create(vals)
        reward.action_request()
        with self.assertRaisesRegex(UserError, "about yourself"):
            reward.with_user(self.second).action_approve()

    def test_nothing_before_the_assessment_is_decided(self):
        self.assessment.with_user(self.collector).action_appeal("No")
        with self.assertRaises(UserError):
            self._propose()
        reward = self.env["collection.reward"].with_user(self.manager).create({
            "assessment_id": self.assessment.id, "kind": "warning", "reason": "Because",
        })
        with self.assertRaisesRegex(UserError, "answer the appeal"):
            reward.action_request()

    def test_roles(self):
        reward = self._propose()
        rewards = self.env["collection.reward"]
        for user in (self.collector, self.finance, self.other):
            self.assertFalse(rewards.with_user(user).search([]), user.login)
        reward = self._approved()
        for user, seen in ((self.collector, reward), (self.finance, reward),
                           (self.other, rewards)):
            self.assertEqual(rewards.with_user(user).search([]), seen, user.login)
        self.assertFalse(reward.with_user(self.finance).has_access("write"))
        with self.assertRaises(AccessError):
            reward.with_user(self._role_user("reward_sales", "sales")).read(["kind"])

    def test_payroll(self):
        with self.assertRaisesRegex(UserError, "approved"):
            self._propose().action_export_csv()
        reward = self._approved()
        rows = list(csv.reader(io.StringIO(reward._get_payroll_csv().decode("utf-8-sig"))))
        self.assertEqual(rows[1][0], "2025-09-01")
        self.assertEqual(float(rows[1][5]), 500.0)
        self.assertEqual(rows[1][8], "'=1+1 for a good month")
        self.assertTrue(reward._get_payroll_xlsx().startswith(b"PK"))
        url = reward.with_user(self.finance).action_export_csv()["url"]
        for login, status in (("reward_finance", 200), ("assess_collector", 404)):
            with self.subTest(login=login):
                self.authenticate(login, login)
                self.assertEqual(self.url_open(url).status_code, status)
