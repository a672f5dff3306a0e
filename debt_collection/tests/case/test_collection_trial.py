from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...tools.trial import commit, draw
from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionTrial(CollectionCommon):
    """A share of the new cases follows another plan; chance decides which."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{cls.TODAY} 12:00:00"))
        cls.company = cls.env.company
        cls.policy = cls.env["collection.policy"]._get_default(cls.company)
        cls.other = cls.policy.copy({"name": "Call Sooner", "sequence": 99})
        cls.manager = cls._role_user("trial_manager", "manager")
        cls.collector = cls._role_user("trial_collector", "collector")
        cls.trials = cls.env["collection.trial"]

    def _trial(self, **vals):
        return self.trials.with_user(self.manager).create({
            "name": "Calls", "policy_id": self.policy.id, "challenger_id": self.other.id,
            "method": "phone", **vals,
        })

    def _cases(self, count):
        partners = self.env["res.partner"].create(
            [{"name": f"Debtor {number}"} for number in range(count)]
        )
        for partner in partners:
            self._overdue_invoice(5, 100.0, partner=partner)
        self._classify()
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        return self.env["collection.case"].search([("partner_id", "in", partners.ids)])

    def _end(self, cases, outcome):
        """Write when and how cases ended, ``outcome`` a function of the case."""
        for case in cases:
            case.sudo().write({
                "date_open": self.TODAY - timedelta(days=50), "stage": "closed",
                "date_closed": self.TODAY - timedelta(days=20),
                "close_reason": "paid" if outcome(case) else "uncollectible",
            })

    def test_cases_are_drawn(self):
        before = self._cases(2)
        trial = self._trial(share=50)
        trial.action_start()
        secret = trial.sudo().secret
        self.assertEqual(trial.commitment, commit(secret))
        self.assertFalse(trial.secret_shown)
        cases = self._cases(20)
        self.assertFalse(before.trial_id, "cases of before are not drawn")
        self.assertEqual(cases.trial_id, trial.sudo())
        for case in cases:
            arm = "challenger" if draw(secret, case.id) < 0.5 else "champion"
            self.assertEqual(case.trial_arm, arm)
            self.assertEqual(case.policy_id, self.other if arm == "challenger" else self.policy)
        self.assertEqual(set(cases.mapped("trial_arm")), {"champion", "challenger"})
        trial.action_check_draw()
        wrong = cases[0]
        wrong.sudo().trial_arm = (
            "champion" if wrong.trial_arm == "challenger" else "challenger"
        )
        with self.assertRaises(UserError):
            trial.action_check_draw()

    def test_the_next_night_draws_nothing_again(self):
        self._trial(share=50).action_start()
        cases = self._cases(6)
        arms = cases.mapped("trial_arm")
        self.env["collection.case"]._escalate(self.TODAY + timedelta(days=1), self.company)
        self.assertEqual(cases.mapped("trial_arm"), arms)

    def test_customers_with_a_policy_of_their_own_are_left_out(self):
        self._trial().action_start()
        partner = self.env["res.partner"].create({"name": "Own Policy"})
        partner.collection_policy_id = self.policy.copy({"name": "Own", "sequence": 98})
        self._overdue_invoice(5, 100.0, partner=partner)
        case = self._cases(1).search([("partner_id", "=", partner.id)])
        self.assertTrue(case)
        self.assertFalse(case.trial_id)

    def test_it_stops_by_its_rule(self):
        trial = self._trial(share=50, base_rate=50, effect=40, power=80)
        self.assertTrue(20 <= trial.case_needed <= 60, trial.case_needed)
        trial.action_start()
        cases = self._cases(trial.case_needed)
        self.trials._judge(self.company, self.TODAY)
        self.assertEqual(trial.state, "running", "no case's time is up")
        self._end(cases, lambda case: case.trial_arm == "challenger")
        trial.invalidate_recordset()
        self.assertEqual(trial.ended_count, len(cases))
        self.trials._judge(self.company, self.TODAY)
        self.assertEqual((trial.state, trial.stop_reason), ("stopped", "effect"))
        self.assertGreater(trial.low, 0)
        self.assertLessEqual(trial.low, trial.difference)
        self.assertTrue(trial.secret_shown)
        [(method, (low, found))] = self.trials._get_effects(self.company).items()
        self.assertEqual((method, found.id), ("phone", trial.id))
        self.assertAlmostEqual(low, trial.low)
        # New cases follow the champion again.
        self.assertFalse(self._cases(2).trial_id)

    def test_no_difference_is_no_proof(self):
        trial = self._trial(share=50, base_rate=50, effect=40)
        trial.action_start()
        cases = self._cases(trial.case_needed)
        self._end(cases, lambda case: True)
        self.trials._judge(self.company, self.TODAY)
        self.assertEqual(trial.stop_reason, "complete")
        self.assertFalse(self.trials._get_effects(self.company))
        self.assertIn("may be chance", trial.result_text)

    def test_rule_is_sealed(self):
        trial = self._trial()
        self.assertIn(str(trial.case_needed), trial.result_text)
        trial.action_start()
        self.assertTrue(trial.seal)
        with self.assertRaises(UserError):
            trial.share = 10
        with self.assertRaises(UserError):
            trial.sudo().effect = 1
        with self.assertRaises(UserError):
            self._trial().action_start()
        trial.action_stop()
        self.assertEqual(trial.stop_reason, "hand")
        self.assertFalse(self.trials._get_effects(self.company))

    def test_values(self):
        for vals in ({"challenger_id": self.policy.id}, {"effect": 0}, {"effect": 60}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._trial(base_rate=50, **vals)

    def test_roles(self):
        trial = self._trial()
        for user in (self.collector, self._role_user("trial_finance", "finance")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                trial.with_user(user).read(["name"])
        trial.action_start()
        with self.assertRaises(AccessError):
            trial.read(["secret"])
