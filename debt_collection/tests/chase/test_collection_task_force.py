from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionTaskForce(CollectionCommon):
    """Severe cases get a task force; it meets, reviews, and ends with them (P3.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.resource_calendar_id = False
        cls.collector = cls._role_user("force_collector", "collector")
        cls.lead = cls._role_user("force_lead", "manager")
        cls.sales = cls._role_user("force_sales", "sales")
        cls.policy = cls.company.collection_policy_id
        cls.policy.write({
            "user_id": cls.collector.id, "manager_id": cls.lead.id,
            "task_force_member_ids": [Command.set(cls.sales.ids)],
        })

    def _case(self, days=70, amount=100.0, **vals):
        invoice = self._overdue_invoice(days, amount, **vals)
        self._classify()
        return invoice.collection_case_id

    def _escalate(self, days=0):
        as_of = self.TODAY + timedelta(days=days)
        self._classify(as_of)
        self.env["collection.case"]._escalate(as_of, self.company)

    def _meetings(self, force):
        return self.env["calendar.event"].sudo().search(
            [("res_model", "=", force._name), ("res_id", "=", force.id)]
        )

    def test_only_severe_cases_get_one(self):
        for days, expected in [(60, False), (61, True)]:
            with self.subTest(days=days):
                partner = self.env["res.partner"].create({"name": f"Force {days}"})
                case = self._case(days, partner=partner)
                self._escalate()
                self.assertEqual(bool(case.task_force_id), expected)

    def test_policy_decides(self):
        for vals in ({"task_force_auto": False}, {"task_force_amount": 100.01}):
            with self.subTest(**vals):
                self.policy.write({"task_force_auto": True, "task_force_amount": 0, **vals})
                partner = self.env["res.partner"].create({"name": "Small"})
                case = self._case(partner=partner)
                self._escalate()
                self.assertFalse(case.task_force_id)

    def test_lead_and_members_come_from_the_policy(self):
        case = self._case()
        self._escalate()
        self.assertEqual(case.lead_id, self.lead)
        self.assertEqual(case.member_ids, self.lead | self.sales | self.collector)
        self.assertRecordValues(case.task_force_id, [{
            "state": "active", "date_start": self.TODAY, "meeting_days": 7,
        }])
        self.assertEqual(
            case.task_force_id.message_partner_ids, case.member_ids.partner_id
        )

    def test_next_meeting_comes_when_one_has_passed(self):
        """2025-09-30 is a Tuesday: a week on, Tuesday again; never twice."""
        force_of = self._case()
        self._escalate()
        force = force_of.task_force_id
        dates = [self.TODAY + timedelta(days=7)]
        for days in (0, 3, 7):
            self._escalate(days)
            self.assertEqual(
                [event.start.date() for event in self._meetings(force)], dates
            )
        self._escalate(8)
        self._escalate(8)
        self.assertEqual(force.date_meeting, self.TODAY + timedelta(days=14))
        self.assertEqual(len(self._meetings(force)), 2)
        # Private: who is not invited does not even see with whom it is (P1.4).
        self.assertFalse(force.meeting_id.partner_ids)
        self.env.invalidate_all()
        self.assertEqual(force.meeting_id.sudo().partner_ids, force_of.member_ids.partner_id)
        # The job did not run for weeks: the next meeting is ahead, those missed are not made.
        self._escalate(60)
        self.assertGreaterEqual(force.date_meeting, self.TODAY + timedelta(days=60))
        self.assertEqual(len(self._meetings(force)), 3)

    def test_meetings_are_on_working_days(self):
        for rhythm, expected in [(1, 1), (4, 6), (0, None)]:  # Wednesday; Saturday -> Monday
            with self.subTest(rhythm=rhythm):
                self.policy.task_force_meeting_days = rhythm
                partner = self.env["res.partner"].create({"name": f"Rhythm {rhythm}"})
                case = self._case(partner=partner)
                self._escalate()
                date = case.task_force_id.date_meeting
                self.assertEqual(date and (date - self.TODAY).days, expected or False)

    def test_lead_reviews_every_week(self):
        case = self._case()
        for days in (0, 3, 9):
            self._escalate(days)
        force = case.task_force_id
        review = force.activity_ids
        self.assertRecordValues(review, [{
            "user_id": self.lead.id, "date_deadline": self.TODAY + timedelta(days=7),
        }])
        review.with_user(self.lead).action_feedback(feedback="On track")
        self._escalate(10)
        self.assertEqual(force.activity_ids.date_deadline, self.TODAY + timedelta(days=17))

    def test_meeting_and_review_follow_the_people(self):
        case = self._case()
        self._escalate()
        force = case.task_force_id
        new_lead = self._role_user("force_new_lead", "manager")
        case.with_user(self.lead).write({
            "lead_id": new_lead.id, "member_ids": [Command.unlink(self.sales.id)],
        })
        people = self.lead | self.collector | new_lead
        self.assertEqual(case.member_ids, people, "The lead is a member.")
        event = force.sudo().meeting_id
        self.assertEqual(event.partner_ids, people.partner_id)
        self.assertEqual(event.user_id, new_lead)
        self.assertEqual(force.activity_ids.user_id, new_lead)
        self.assertEqual(force.message_partner_ids, people.partner_id)
        self.assertEqual(len(self._meetings(force)), 1)

    def test_it_ends_when_the_case_is_paid(self):
        own_member = self._role_user("force_own", "collector")
        case = self._case()
        case.member_ids = own_member
        self._escalate()
        force = case.task_force_id
        tomorrow = datetime.now() + timedelta(days=1)
        force.meeting_id.sudo().write({"start": tomorrow, "stop": tomorrow})
        self._pay(case.line_ids.move_id)
        self.assertEqual(case.stage, "closed")
        self.assertRecordValues(force, [{
            "state": "ended", "meeting_id": False, "former_lead_id": self.lead.id,
        }])
        self.assertFalse(self._meetings(force), "What lay ahead is cancelled.")
        self.assertFalse(force.activity_ids)
        self.assertIn(self.sales, force.former_member_ids)
        self.assertEqual(case.member_ids, own_member, "Who was there before stays.")
        self.assertFalse(case.lead_id)

    def test_it_ends_when_the_worst_is_paid(self):
        old = self._overdue_invoice(70)
        case = self._case(10)
        self._escalate()
        force = case.task_force_id
        self._pay(old)
        self._escalate(1)
        self.assertRecordValues(force, [{
            "state": "ended", "date_end": self.TODAY + timedelta(days=1)}])
        self.assertFalse(self._meetings(force))

    def test_it_stays_through_the_legal_stage(self):
        case = self._case()
        self._escalate()
        case.stage = "legal"
        self._escalate(1)
        self.assertEqual(case.task_force_id.state, "active")

    def test_by_hand(self):
        case = self._case(10)
        action = case.with_user(self.lead).action_form_task_force()
        self.assertEqual(action["res_id"], case.task_force_id.id)
        case.with_user(self.lead).action_form_task_force()
        self.assertEqual(len(case.task_force_ids), 1)
        with self.assertRaisesRegex(UserError, "End the task force"):
            case.task_force_id.unlink()
        case.task_force_id.with_user(self.lead).action_end()
        self.assertFalse(case.task_force_id)
        with self.assertRaises(AccessError):
            case.with_user(self.collector).action_form_task_force()

    def test_members_of_other_departments_see_it_but_not_the_log(self):
        case = self._case()
        self._escalate()
        contact = self.env["collection.activity"].create({
            "case_id": case.id, "outcome": "reached", "feedback": "Secret", "state": "confirmed",
        })
        force = case.task_force_id.with_user(self.sales)
        self.assertEqual(force.amount_overdue, 100.0)
        self.assertIn(case.line_ids.move_id.name, force.items_text)
        view = force.get_view(view_type="form")
        names = view["models"]["collection.task.force"]
        force.web_read({name: {} for name in names if name != "activity_ids"})
        force.message_post(body="We stopped deliveries.", message_type="comment")
        for records in (case, contact):
            with self.assertRaises(AccessError):
                records.with_user(self.sales).read(["display_name"])
        with self.assertRaises(AccessError):
            force.recovery_plan = "Mine"
        other = self._role_user("force_other", "sales")
        with self.assertRaises(AccessError):
            force.with_user(other).read(["amount_overdue"])
        case.task_force_id._end(self.TODAY)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            force.read(["amount_overdue"])

    def test_members_without_a_role_in_collections(self):
        """Counsel or a plant's head: they read what they are members of, and nothing else."""
        counsel = new_test_user(
            self.env, login="force_counsel", groups="base.group_user",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        case = self._case()
        self._escalate()
        force = case.task_force_id.with_user(counsel)
        with self.assertRaises(AccessError):
            force.read(["amount_overdue"])
        case.member_ids += counsel
        self.env.invalidate_all()
        self.assertEqual(force.amount_overdue, 100.0)
        self.assertIn(case.line_ids.move_id.name, force.items_text)
        view = force.get_view(view_type="form")
        names = view["models"]["collection.task.force"]
        force.web_read({name: {} for name in names if name != "activity_ids"})
        self.assertEqual(force.search([]), force)
        with self.assertRaises(AccessError):
            case.with_user(counsel).read(["display_name"])
        with self.assertRaises(AccessError):
            force.recovery_plan = "Mine"

    def test_second_company_does_not_see_it(self):
        other = self._create_company(name="Second Company")
        manager = self._role_user("force_abroad", "manager", other)
        case = self._case()
        self._escalate()
        self.assertFalse(self.env["collection.task.force"].with_user(manager).search([]))
        self.assertTrue(self.env["collection.task.force"].with_user(
            self._role_user("force_finance", "finance")).search([("case_id", "=", case.id)]))

    def test_many_cost_a_bounded_number_of_queries(self):
        partners = self.env["res.partner"].create([{"name": f"Force {n}"} for n in range(20)])
        for partner in partners:
            self._overdue_invoice(70, partner=partner)
        self._classify()
        cases = self.env["collection.case"].search([("partner_id", "in", partners.ids)])
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertEqual(len(cases.task_force_ids), 20)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["collection.case"]._escalate(self.TODAY, self.company)
        self.assertLess((self.cr.sql_log_count - before) / 20, 4)
