from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..base.common import PreparedCompanies


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionActivity(PreparedCompanies):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.env["collection.case"].create({"partner_id": cls.partner_a.id})
        cls.other_case = cls.env["collection.case"].create({"partner_id": cls.partner_b.id})

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("debt_collection.group_manager")

    def _create(self, **vals):
        return self.env["collection.activity"].create(
            {"case_id": self.case.id, "outcome": "reached", "feedback": "Talked", **vals}
        )

    def test_defaults(self):
        self.assertRecordValues(
            self._create(),
            [
                {
                    "company_id": self.case.company_id.id,
                    "partner_id": self.partner_a.id,
                    "method": "phone",
                    "direction": "outbound",
                    "user_id": self.env.uid,
                    "state": "draft",
                }
            ],
        )

    def test_confirming_needs_facts(self):
        now = fields.Datetime.now()
        cases = [
            # values, may be confirmed
            ({"outcome": "reached", "date": now}, True),
            ({"outcome": "no_answer", "date": now - timedelta(days=400)}, True),
            ({"outcome": False, "date": now}, False),
            ({"outcome": "reached", "feedback": " ", "date": now}, False),
            ({"outcome": "no_answer", "feedback": False, "date": now}, True),
            ({"outcome": "reached", "date": now + timedelta(days=1)}, False),
        ]
        for vals, allowed in cases:
            with self.subTest(**vals):
                activity = self._create(**vals)
                if allowed:
                    activity.action_confirm()
                    self.assertEqual(activity.state, "confirmed")
                else:
                    with self.assertRaises(ValidationError):
                        activity.action_confirm()
        with self.assertRaises(ValidationError):
            self._create(outcome=False, state="confirmed")

    def test_confirmed_is_final_for_everybody(self):
        activity = self._create(feedback="Pays on Friday")
        activity.feedback = "Pays on Monday"
        activity.action_confirm()
        activity.action_confirm()  # once more changes nothing
        for user_activity in (activity, activity.sudo()):
            for vals in (
                {"feedback": "Nothing said"},
                {"state": "draft"},
                {"date": fields.Datetime.now()},
                {"case_id": self.other_case.id},
                {"attachment_ids": [(5,)]},
            ):
                with self.subTest(superuser=user_activity.env.su, **vals):
                    with self.assertRaises(UserError):
                        user_activity.write(vals)
        with self.assertRaises(UserError):
            activity.sudo().unlink()
        with self.assertRaises(UserError):
            (self._create() | activity).sudo().unlink()
        self.assertEqual(activity.feedback, "Pays on Monday")

    def test_draft_may_go(self):
        activity = self._create()
        activity.sudo().unlink()
        self.assertFalse(activity.exists())

    def test_correction(self):
        draft = self._create()
        with self.assertRaises(UserError):
            draft.action_correct()
        draft.action_confirm()
        action = draft.action_correct()
        correction = self.env["collection.activity"].browse(action["res_id"])
        self.assertRecordValues(
            correction,
            [
                {
                    "corrects_id": draft.id,
                    "date": draft.date,
                    "outcome": "reached",
                    "state": "draft",
                }
            ],
        )
        correction.outcome = "no_answer"
        correction.action_confirm()
        self.assertEqual(draft.correction_ids, correction)

    def test_everything_of_one_case(self):
        promise = self.env["collection.promise"].create(
            {
                "case_id": self.other_case.id,
                "amount": 10,
                "date_promised": fields.Date.context_today(self.case),
            }
        )
        other = self._create(case_id=self.other_case.id)
        other.action_confirm()
        for vals in (
            {"promise_id": promise.id},
            {"corrects_id": other.id},
            {"contact_id": self.partner_b.id},
        ):
            with self.subTest(**vals), self.assertRaises(ValidationError):
                self._create(**vals)
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.partner_a.id}
        )
        self.assertTrue(self._create(contact_id=contact.id))

    def test_last_contact_counts_confirmed_only(self):
        activity = self._create()
        self.assertFalse(self.case.date_last_contact)
        activity.action_confirm()
        self.assertTrue(self.case.date_last_contact)

    def test_collector_records(self):
        collector = new_test_user(
            self.env,
            login="collector_activity",
            groups="base.group_user,debt_collection.group_collector",
            company_id=self.case.company_id.id,
            company_ids=[(6, 0, self.case.company_id.ids)],
        )
        self.case.user_id = collector
        activity = (
            self.env["collection.activity"]
            .with_user(collector)
            .create({"case_id": self.case.id, "outcome": "refused"})
        )
        activity.action_confirm()
        self.assertEqual(activity.user_id, collector)
