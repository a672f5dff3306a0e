from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseNight(CollectionCommon):
    """One night and one way to close, whoever begins them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("night_collector", "collector")
        cls.manager = cls._role_user("night_manager", "manager")
        cls.company.collection_policy_id.write(
            {"user_id": cls.collector.id, "manager_id": cls.manager.id}
        )
        cls.invoice = cls._overdue_invoice(70)
        cls._classify()
        cls.case = cls.invoice.collection_case_id

    def _promise(self):
        return self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 100, "date_made": self.TODAY,
            "date_promised": self.TODAY,
        })

    def _tracked(self, case, name):
        self.env.flush_all()
        self.env.cr.precommit.run()
        return case.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.field_id.name == name
        )

    def test_the_second_half_judges_by_itself(self):
        promise = self._promise()
        self.case.write({"hold_until": self.TODAY, "hold_reason": "Waits for the bank"})
        self.env["collection.case"]._escalate(self.TODAY + timedelta(days=30), self.company)
        self.assertEqual(promise.state, "broken")
        self.assertFalse(self.case.hold_until)

    def test_the_night_is_both_halves(self):
        promise = self._promise()
        late = self._overdue_invoice(5, partner=self.partner_b)
        counts = self.env["collection.case"]._run_night(
            self.company, self.TODAY + timedelta(days=30)
        )
        self.assertEqual(counts["opened"], 1)
        self.assertEqual(promise.state, "broken")
        self.assertEqual(
            (self.case | late.collection_case_id).mapped("date_escalated"),
            [self.TODAY + timedelta(days=30)] * 2,
        )

    @freeze_time("2025-09-30 15:00:00")
    def test_closing_is_tracked_also_when_the_classification_closes(self):
        """An invoice in draft again may be corrected within the day: the night closes."""
        case = self.case.with_context(tracking_disable=False, mail_notrack=False)
        self.invoice.button_draft()
        self.assertFalse(case.is_closed)
        case._classify(self.TODAY, self.company)
        self.assertRecordValues(case, [{"stage": "closed", "close_reason": "cancelled"}])
        self.assertEqual(self._tracked(case, "stage").new_value_char, "Closed")
        self.assertEqual(self._tracked(case, "close_reason").new_value_char, "Cancelled")

    def test_a_stage_written_by_hand_closes_and_reopens_like_the_buttons(self):
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        promise = self._promise()
        case = self.case.with_user(self.manager)
        cycle = case.cycle
        case.write({"stage": "closed"})
        self.assertEqual(case.close_reason, "cancelled")
        self.assertTrue(case.date_closed)
        self.assertEqual(promise.state, "cancelled")
        self.assertFalse(case.activity_ids)
        self.assertFalse(case.sudo().assignment_period_ids.filtered(lambda p: not p.date_to))
        with self.assertRaises(AccessError):
            self.case.with_user(self.collector).write({"stage": "new"})
        case.write({"stage": "new"})
        self.assertRecordValues(
            case, [{"close_reason": False, "date_closed": False, "cycle": cycle + 1}]
        )

    def test_a_task_force_without_meeting_and_review_ends_with_the_payment(self):
        """Nothing that its end writes is lost, though the settlement goes on in SQL."""
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        force = self.case.task_force_id
        force.sudo().meeting_id.unlink()
        force.sudo().activity_ids.unlink()
        lead = self.case.lead_id
        self.assertTrue(lead)
        self._pay(self.invoice)
        self.env.invalidate_all()
        self.assertEqual(self.case.stage, "closed")
        self.assertRecordValues(force, [{"state": "ended", "former_lead_id": lead.id}])
        self.assertFalse(self.case.lead_id)
        self.assertFalse(self.case.member_ids)
