from datetime import date

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionTarget(CollectionCommon):
    """What collectors are to reach, and who says so (P2.1, P5.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("target_collector", "collector")
        cls.other = cls._role_user("target_other", "collector")
        cls.manager = cls._role_user("target_manager", "manager")
        cls.targets = cls.env["collection.target"]

    def _create(self, kind="amount", value=50.0, month="2025-09-17", **vals):
        return self.targets.create({
            "kind": kind, "value": value, "month": month, "user_id": self.collector.id, **vals,
        })

    def test_weights_and_directions_of_the_kinds(self):
        for kind, weight, direction in [
            ("amount", 0, "higher"),
            ("recovery", 40, "higher"),
            ("bad_debt", 20, "lower"),
            ("timeliness", 20, "higher"),
            ("satisfaction", 20, "higher"),
        ]:
            with self.subTest(kind=kind):
                self.assertRecordValues(self._create(kind), [{
                    "weight": weight, "direction": direction, "month": date(2025, 9, 1),
                }])

    def test_which_target_holds(self):
        company = self.env.company
        own = self._create("recovery", 60.0)
        later = self._create("recovery", 65.0, month="2025-11-01")
        common = self._create("recovery", 55.0, month="2025-08-01", user_id=False)
        amount = self._create("amount", 9000.0)
        for user, month, kind, expected in [
            (self.collector, date(2025, 9, 30), "recovery", own),
            (self.collector, date(2025, 10, 1), "recovery", own),
            (self.collector, date(2025, 12, 1), "recovery", later),
            (self.collector, date(2025, 8, 1), "recovery", common),
            (self.other, date(2025, 9, 1), "recovery", common),
            (self.other, date(2025, 7, 31), "recovery", self.targets),
            (self.collector, date(2025, 9, 1), "amount", amount),
            (self.collector, date(2025, 10, 1), "amount", self.targets),
            (self.collector, date(2025, 9, 1), "timeliness", self.targets),
        ]:
            with self.subTest(user=user.login, month=month, kind=kind):
                self.assertEqual(self.targets._get_for(user, company, month, kind), expected)

    def test_values_out_of_range_are_refused(self):
        for kind, value in [("amount", -1), ("recovery", -0.01), ("recovery", 100.01)]:
            with self.subTest(kind=kind, value=value), self.assertRaises(ValidationError):
                self._create(kind, value)
        self.assertEqual(self._create("amount", 1000000.0).value, 1000000.0)

    def test_one_of_a_kind_in_a_month(self):
        self._create()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._create(month="2025-09-02")

    def test_nobody_sets_own_targets(self):
        own = self._create("recovery", 60.0, user_id=self.manager.id)
        with self.assertRaises(UserError):
            self.targets.with_user(self.manager).create({
                "kind": "timeliness", "value": 1.0, "user_id": self.manager.id,
            })
        with self.assertRaises(UserError):
            self._create("timeliness").with_user(self.manager).user_id = self.manager
        with self.assertRaises(UserError):
            own.with_user(self.manager).value = 1.0
        with self.assertRaises(UserError):
            own.with_user(self.manager).unlink()
        self._create("recovery", 60.0).with_user(self.manager).value = 70.0

    def test_roles(self):
        own = self._create("recovery")
        colleagues = self._create("recovery", user_id=self.other.id)
        common = self._create("recovery", user_id=False)
        seen = self.targets.with_user(self.collector).search([])
        self.assertIn(own, seen)
        self.assertIn(common, seen)
        self.assertNotIn(colleagues, seen)
        with self.assertRaises(AccessError):
            own.with_user(self.collector).value = 1.0
        with self.assertRaises(AccessError):
            own.with_user(self._role_user("target_sales", "sales")).read(["value"])
        elsewhere = self._role_user(
            "target_elsewhere", "manager", self.env["res.company"].create({"name": "Elsewhere"})
        )
        # They have the examples of their own company only.
        self.assertFalse(self.targets.with_user(elsewhere).search([]).filtered(
            lambda target: target.company_id == self.env.company
        ))

    def test_examples_count_once_they_are_confirmed(self):
        company = self.env["res.company"].create({"name": "Has Examples"})
        examples = self.targets.search([("company_id", "=", company.id)])
        self.assertEqual(
            {target.kind: target.value for target in examples},
            {"recovery": 50.0, "bad_debt": 5.0, "timeliness": 90.0, "satisfaction": 80.0},
        )
        manager = self._role_user("target_examples", "manager", company)
        targets = self.targets.with_user(manager).with_company(company)
        month = company._get_collection_today().replace(day=1)
        nobody = self.env["res.users"]
        self.assertFalse(targets._get_for(nobody, company, month, "recovery"))
        self.assertFalse(targets._get_all_for(company, month))
        collector = self._role_user("target_no_examples", "collector", company)
        with self.assertRaises(AccessError):
            targets.with_user(collector).action_confirm_examples()
        targets.action_confirm_examples()
        self.assertRecordValues(
            targets._get_for(nobody, company, month, "recovery"),
            [{"value": 50.0, "is_example": False, "month": month}],
        )
        with self.assertRaisesRegex(UserError, "no example"):
            targets.action_confirm_examples()

    def test_proposed(self):
        """Two open cases of 800 and 400: at the usual 50 % a plan of 400 and of 200."""
        with freeze_time("2025-09-30 10:00:00"):
            for user, amount in ((self.collector, 800.0), (self.other, 400.0),
                                 (self.manager, 100.0)):
                partner = self.env["res.partner"].create({"name": user.name})
                partner.collector_id = user
                self._overdue_invoice(20, amount, partner)
            self._classify()
            own = self._create("amount", 350.0, user_id=self.other.id)
            action = self.targets.with_user(self.manager).action_propose()
            proposed = self.targets.search(action["domain"])
            self.assertEqual(
                {(target.kind, target.user_id.id): target.value for target in proposed},
                {
                    ("recovery", False): 50.0, ("bad_debt", False): 5.0,
                    ("timeliness", False): 90.0, ("satisfaction", False): 80.0,
                    # Not for the manager who proposes, nor where there is a plan.
                    ("amount", self.collector.id): 400.0,
                },
            )
            self.assertEqual(own.value, 350.0)
            again = self.targets.with_user(self.manager).action_propose()
            self.assertFalse(self.targets.search(again["domain"]))
            with self.assertRaises(AccessError):
                self.targets.with_user(self.collector).action_propose()

    def test_proposed_from_what_was_reached(self):
        company = self.env.company
        with freeze_time("2025-09-30 10:00:00"):
            for month, value in (("2025-06-01", 90.0), ("2025-07-01", 60.0), ("2025-08-01", 70.0)):
                self.env["collection.assessment"].sudo().create({
                    "company_id": company.id, "month": month,
                    "line_ids": [Command.create({
                        "kind": "recovery", "unit": "percent", "is_indicator": True,
                        "has_data": True, "value": value,
                    })],
                })
            self.targets.with_user(self.manager).action_propose()
            found = self.targets._get_for(
                self.env["res.users"], company, date(2025, 9, 1), "recovery")
            self.assertEqual(found.value, 73.0)
