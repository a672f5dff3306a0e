from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseRisk(CollectionCommon):
    """Cases ranked by money at risk, in one sentence that claims no more than was seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.policy = cls.env["collection.policy"]._get_default(cls.company)
        cls.policy.write({"priority_rule": "risk", "minutes_phone": 12})
        cls.partner_a.write({"phone": "+1 555 0100", "email": "a@customer.example"})
        cls.partner_b.write({"phone": False, "email": "b@customer.example", "street": False})
        for partner, amount in ((cls.partner_a, 1000.0), (cls.partner_b, 600.0)):
            cls._overdue_invoice(20, amount, partner=partner)
        cls._classify()
        cls.a, cls.b = (
            cls.env["collection.case"].search([("partner_id", "=", partner.id)])
            for partner in (cls.partner_a, cls.partner_b)
        )

    def _rank(self, **shares):
        self.env["collection.case"]._note_risks(
            {getattr(self, name).id: share for name, share in shares.items()}
        )
        self.env["collection.case"]._escalate(self.TODAY, self.company)

    def test_the_risk_ranks(self):
        """Less money that is less likely to come goes first."""
        self._rank(a=0.1, b=0.9)
        self.assertGreater(self.b.priority, self.a.priority)
        self.assertAlmostEqual(self.a.amount_at_risk, 100.0)
        self.assertAlmostEqual(self.b.amount_at_risk, 540.0)
        self.assertIn("540", self.b.priority_reason)
        self.assertIn("90 %", self.b.priority_reason)
        self.assertIn("no trial has shown", self.b.priority_reason)
        self.assertEqual(self.b.priority_parts["gain"], 0)
        self.assertEqual(self.b.best_method, "email", "who has no phone is not called")
        self._rank(a=0.9, b=0.9)
        self.assertGreater(self.a.priority, self.b.priority)

    def test_what_a_trial_showed(self):
        self.patch(
            self.env.registry["collection.trial"], "_get_effects",
            lambda model, company: {"phone": (0.06, model)},
        )
        self._rank(a=0.5, b=0.5)
        self.assertEqual(self.a.best_method, "phone")
        self.assertEqual(self.a.best_minutes, 12)
        self.assertAlmostEqual(self.a.priority_parts["gain"], 30.0)
        self.assertIn("12 minutes", self.a.priority_reason)
        self.assertEqual(self.b.priority_parts["gain"], 0)

    def test_points_stay(self):
        self.policy.priority_rule = "points"
        self._rank(a=0.1, b=0.9)
        self.assertGreater(self.a.priority, self.b.priority)
        self.assertNotIn("at risk", self.a.priority_reason)

    def test_written_once(self):
        self._rank(a=0.5, b=0.5)
        self.env.flush_all()
        before = self._row_versions()
        self._rank(a=0.5, b=0.5)
        self.assertEqual(self._row_versions(), before)
