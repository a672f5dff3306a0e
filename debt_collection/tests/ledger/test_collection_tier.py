from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionTier(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mild, cls.moderate, cls.severe = (
            cls.env.ref(f"debt_collection.tier_{code}") for code in ("mild", "moderate", "severe")
        )
        cls.company = cls.env["res.company"].create({"name": "Ladder Ltd"})

    def test_policy_bands(self):
        """The three bands of P3.1, days inclusive."""
        ladder = self.env["collection.tier"]._get_ladder(self.company)
        self.assertEqual(
            ladder.mapped(lambda tier: (tier.code, tier.day_from, tier.day_to)),
            [("mild", 1, 30), ("moderate", 31, 60), ("severe", 61, 0)],
        )

    def test_unsound_changes_are_refused(self):
        for tier, vals, problem in [
            (self.mild, {"day_from": 2}, "must start at day 1"),
            (self.mild, {"day_to": 29}, "gap between “Mild” and “Moderate”"),
            (self.mild, {"day_to": 31}, "“Mild” and “Moderate” overlap"),
            (self.moderate, {"day_from": 32}, "gap between “Mild” and “Moderate”"),
            (self.moderate, {"day_to": 0}, "“Moderate” has no last day"),
            (self.moderate, {"day_to": 20}, "“Moderate” ends before it starts"),
            (self.severe, {"day_to": 90}, "set its last day to 0"),
        ]:
            with (
                self.subTest(tier=tier.code, vals=vals),
                self.assertRaisesRegex(ValidationError, problem),
                self.cr.savepoint(),
            ):
                tier.write(vals)
        with self.assertRaisesRegex(ValidationError, "would leave a gap"):
            self.moderate.unlink()

    def test_impossible_values_are_refused(self):
        for vals in ({"day_from": -1}, {"loss_rate": 101}, {"loss_rate": -0.5}):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self.mild.write(vals)
                self.mild.flush_recordset()

    def test_company_ladder_replaces_the_shared_one(self):
        self.env["collection.tier"].create([
            {"name": "Early", "code": "early", "day_from": 1, "day_to": 15,
             "company_id": self.company.id},
            {"name": "Late", "code": "late", "day_from": 16, "company_id": self.company.id},
        ])
        get_ladder = self.env["collection.tier"]._get_ladder
        self.assertEqual(get_ladder(self.company).mapped("code"), ["early", "late"])
        self.assertEqual(
            get_ladder(self.env.company).mapped("code"), ["mild", "moderate", "severe"]
        )

    def test_wizard_edits_the_ladder_as_a_whole(self):
        form = Form(self.env["collection.tier.ladder"].with_company(self.company))
        with form.line_ids.edit(0) as line:
            line.day_to = 45
        with form.line_ids.edit(1) as line:
            line.day_from = 46
        form.save().action_apply()
        ladder = self.env["collection.tier"]._get_ladder(self.company)
        self.assertEqual(
            ladder.mapped(lambda tier: (tier.code, tier.day_from, tier.day_to)),
            [("mild", 1, 45), ("moderate", 46, 60), ("severe", 61, 0)],
        )
        self.assertEqual(ladder.company_id, self.company)
        self.assertEqual(self.mild.day_to, 30, "The shared ladder stays as it was.")

    def test_wizard_refuses_an_unsound_ladder(self):
        form = Form(self.env["collection.tier.ladder"].with_company(self.company))
        with form.line_ids.edit(0) as line:
            line.day_to = 20
        wizard = form.save()
        with self.assertRaisesRegex(ValidationError, "gap"), self.cr.savepoint():
            wizard.action_apply()
        self.assertFalse(self.env["collection.tier"].search([("company_id", "=", self.company.id)]))

    def test_every_company_has_a_policy(self):
        policy = self.company.collection_policy_id
        self.assertEqual((policy.company_id, policy.collection_day), (self.company, 5))
