from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseAssignment(CollectionCommon):
    """Who gets new cases, and who does the work while somebody is away (P2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.anna, cls.bo, cls.default = (
            cls._role_user(f"rota_{name}", "collector") for name in ("anna", "bo", "default")
        )
        cls.manager = cls._role_user("rota_manager", "manager")
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({
            "user_id": cls.default.id, "manager_id": cls.manager.id,
            "collector_ids": [(6, 0, (cls.anna + cls.bo).ids)],
        })

    def _open(self, amounts, **partner_vals):
        """Open a case for a new customer with each of these amounts; return the collectors."""
        partners = self.env["res.partner"].create(
            [{"name": f"Rota Customer {amount}", **partner_vals} for amount in amounts]
        )
        for partner, amount in zip(partners, amounts, strict=True):
            self._overdue_invoice(5, amount, partner=partner)
        self._classify()
        return [
            self.env["collection.case"].search([("partner_id", "=", partner.id)]).user_id
            for partner in partners
        ]

    def test_equal_by_number(self):
        self.assertEqual(self._open([10, 20, 30, 40]), [self.anna, self.bo, self.anna, self.bo])
        self.assertEqual(self._open([50]), [self.anna])
        self.assertEqual(self._open([60]), [self.bo])

    def test_equal_by_amount(self):
        self.policy.load_measure = "amount"
        self.assertEqual(self._open([10, 60, 50]), [self.bo, self.anna, self.bo])

    def test_the_customers_own_collector_comes_first_and_counts(self):
        self.assertEqual(
            self._open([10, 20], collector_id=self.anna.id), [self.anna, self.anna]
        )
        self.assertEqual(self._open([30, 40]), [self.bo, self.bo])

    def test_without_a_rota_the_default_collector(self):
        self.policy.collector_ids = False
        self.assertEqual(self._open([10, 20]), [self.default, self.default])

    def test_who_is_away_is_stood_in_for(self):
        self.anna.write({
            "collection_absent_from": "2025-09-29", "collection_absent_to": "2025-10-03",
            "collection_substitute_id": self.default.id,
        })
        self.assertEqual(set(self._open([10, 20])), {self.bo, self.default})
        self.bo.write({
            "collection_absent_from": "2025-09-30", "collection_absent_to": "2025-09-30",
        })
        self.assertEqual(self._open([30]), [self.default])

    def test_a_rerun_leaves_what_people_decided(self):
        self._open([10, 20])
        cases = self.env["collection.case"].search([("user_id", "in", (self.anna + self.bo).ids)])
        cases.user_id = self.default
        versions = self._row_versions()
        self._classify()
        self.assertEqual(self._row_versions(), versions)

    def test_work_is_given_to_who_is_there_on_the_day(self):
        self._open([10], collector_id=self.anna.id)
        case = self.env["collection.case"].search([("user_id", "=", self.anna.id)])
        self.anna.write({
            "collection_absent_from": "2025-10-06", "collection_absent_to": "2025-10-10",
            "collection_substitute_id": self.bo.id,
        })
        for day, user in [
            (date(2025, 10, 5), self.anna), (date(2025, 10, 6), self.bo),
            (date(2025, 10, 10), self.bo), (date(2025, 10, 11), self.anna),
        ]:
            with self.subTest(day=day):
                self.assertEqual(case._get_responsible("collector", day), user)

    def test_manager_hears_of_cases_whose_collector_leaves(self):
        self._open([10, 20, 30])
        self.anna.active = False
        to_do = self.env["mail.activity"].search([
            ("res_model", "=", "collection.case"), ("user_id", "=", self.manager.id),
            ("summary", "like", "has left"),
        ])
        self.assertEqual(len(to_do), 1)
        self.assertIn("2 cases", to_do.summary)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseLegalStage(CollectionCommon):
    """The legal stage is entered and left by managers alone (P3.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("legal_collector", "collector")
        cls.manager = cls._role_user("legal_manager", "manager")
        cls.company_policy = cls.env.company.collection_policy_id
        cls.company_policy.user_id = cls.collector
        cls.invoice = cls._overdue_invoice(70, 500.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    def test_only_managers_decide(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).action_move_to_legal()
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).stage = "legal"
        case = self.case.with_user(self.manager)
        with self.assertRaises(UserError):
            case.action_leave_legal()
        case.action_move_to_legal()
        with self.assertRaises(UserError):
            case.action_move_to_legal()
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).stage = "severe"
        self.env["collection.case"]._escalate(self.TODAY, self.env.company)
        self.assertEqual(self.case.stage, "legal")
        case.action_leave_legal()
        self.assertEqual(self.case.stage, "severe")

    def test_conditions_of_steps(self):
        step = self.company_policy.step_ids[0]
        other = self.company_policy.step_ids[1]
        self.partner_a.is_company = True
        for vals, fits in [
            ({}, True),
            ({"amount_minimum": 500.0}, True),
            ({"amount_minimum": 500.01}, False),
            ({"amount_maximum": 500.0}, False),
            ({"amount_maximum": 500.01}, True),
            ({"customer_kind": "company"}, True),
            ({"customer_kind": "person"}, False),
        ]:
            with self.subTest(vals=vals), self.cr.savepoint() as savepoint:
                step.write({"amount_minimum": 0, **vals})
                self.assertEqual(step._fits_case(self.case), fits)
                savepoint.rollback()
        step.after_step_id = other
        with self.assertRaises(ValidationError):
            other.after_step_id = step

    def test_step_waits_for_the_one_before(self):
        first, second = self.company_policy.step_ids.filtered(
            lambda step: step.tier_id.code == "severe"
        ).sorted("offset")[:2]
        (self.company_policy.step_ids - first - second).active = False
        first.write({"offset": 68, "offset_unit": "calendar", "days_ahead": 0})
        second.write({
            "offset": 70, "offset_unit": "calendar", "days_ahead": 0, "after_step_id": first.id,
        })
        escalate = self.env["collection.case"]._escalate
        escalate(self.TODAY, self.env.company)
        self.assertEqual(self.case.case_step_ids.step_id, first)
        escalate(date(2025, 10, 5), self.env.company)
        self.assertEqual(self.case.case_step_ids.step_id, first)
        self.case.case_step_ids.sudo()._mark_done(date(2025, 10, 6))
        escalate(date(2025, 10, 7), self.env.company)
        self.assertEqual(self.case.case_step_ids.step_id, first + second)
        waited = self.case.case_step_ids.filtered(lambda step: step.step_id == second)
        self.assertEqual(waited.state, "planned")
