from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionActivityLog(CollectionCommon):
    """What follows from a contact, whichever way it is confirmed (P3.7)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("log_collector", "collector")
        cls.manager = cls._role_user("log_manager", "manager")
        cls.policy = cls.env.company.collection_policy_id
        cls.policy.write({"user_id": cls.collector.id, "manager_id": cls.manager.id})
        cls.invoice = cls._overdue_invoice(10, 500.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.env["collection.case"]._escalate(cls.TODAY, cls.env.company)
        cls.today = cls.env.company._get_collection_today()

    def _vals(self, **vals):
        return {
            "case_id": self.case.id, "outcome": "promised", "method": "phone",
            "amount_promised": 500.0, "date_promised": self.today + timedelta(days=3),
            "next_method": "visit", "next_date": self.today + timedelta(days=4),
            "report_to_manager": True, "feedback": "The director left", **vals,
        }

    def test_every_way_of_confirming_has_the_same_consequences(self):
        def button(vals):
            contact = self.env["collection.activity"].with_user(self.collector).create(vals)
            contact.action_confirm()
            return contact

        def write(vals):
            contact = self.env["collection.activity"].with_user(self.collector).create(vals)
            contact.write({"state": "confirmed", "feedback": "Said so himself"})
            return contact

        def create(vals):
            return self.env["collection.activity"].with_user(self.collector).create(
                {**vals, "state": "confirmed"}
            )

        def context_default(vals):
            return self.env["collection.activity"].with_user(self.collector).with_context(
                default_state="confirmed"
            ).create(vals)

        for way in (button, write, create, context_default):
            with self.subTest(way=way.__name__), self.cr.savepoint() as savepoint:
                step = self.case.case_step_ids.filtered(
                    lambda step: step.state == "planned" and step.method == "phone"
                )[:1]
                self.assertTrue(step.mail_activity_ids)
                contact = way(self._vals())
                self.assertRecordValues(contact, [{
                    "state": "confirmed", "case_step_id": step.id,
                }])
                self.assertRecordValues(contact.promise_id, [{
                    "amount": 500.0, "state": "open",
                    "date_promised": self.today + timedelta(days=3),
                }])
                self.assertEqual(step.state, "done")
                self.assertFalse(step.mail_activity_ids)
                next_to_do = self.case.activity_ids.filtered(
                    lambda a: a.activity_type_id.collection_method == "visit"
                    and a.date_deadline == self.today + timedelta(days=4)
                )
                self.assertEqual(len(next_to_do), 1)
                told = self.case.message_ids.filtered(
                    lambda m: self.manager.partner_id in m.partner_ids
                )
                self.assertEqual(len(told), 1)
                with self.assertRaises(UserError):
                    contact.sudo().write({"feedback": "Nothing"})
                savepoint.rollback()

    def test_refused_confirmation_leaves_nothing_behind(self):
        contact = self.env["collection.activity"].create(self._vals(outcome=False))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            contact.state = "confirmed"
        self.assertEqual(contact.state, "draft")
        self.assertFalse(contact.promise_id)
        self.assertFalse(self.case.promise_ids)

    def test_report_reaches_the_manager(self):
        self.env["collection.activity"].create(
            self._vals(amount_promised=0, date_promised=False, state="confirmed")
        )
        message = self.case.message_ids.filtered(
            lambda m: self.manager.partner_id in m.partner_ids
        )
        self.assertIn("The director left", message.body)
        self.assertTrue(message.subtype_id.internal)

    def test_visit_has_place_and_participants(self):
        person = self.env["res.partner"].create(
            {"name": "Ms Zhao", "parent_id": self.partner_a.id}
        )
        visit = self.env["collection.activity"].create(self._vals(
            method="visit", place="Hall 3, Suzhou",
            participant_ids=[Command.set((person + self.collector.partner_id).ids)],
        ))
        visit.action_confirm()
        self.assertEqual(visit.place, "Hall 3, Suzhou")
        self.assertEqual(visit.participant_ids, person + self.collector.partner_id)
        for vals in ({"place": "Elsewhere"}, {"participant_ids": [Command.clear()]}):
            with self.assertRaises(UserError):
                visit.write(vals)

    def test_guide_fits_the_situation(self):
        guides = {
            situation: self.env.ref(f"debt_collection.call_guide_{situation}")
            for situation in ("first", "broken", "dispute", "hardship", "general")
        }

        def guide(**vals):
            return self.env["collection.activity"].new(
                {"case_id": self.case.id, **vals}
            ).guide_id._origin

        self.assertEqual(guide(), guides["first"])
        self.env["collection.activity"].create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Talked",
            "state": "confirmed",
        })
        self.assertEqual(guide(), guides["general"])
        self.assertEqual(
            guide(reason_id=self.env.ref("debt_collection.reason_cash_flow").id),
            guides["hardship"],
        )
        promise = self.env["collection.promise"].create({
            "case_id": self.case.id, "amount": 10.0, "date_promised": self.today,
        })
        promise.action_break("Told so")
        self.assertEqual(guide(), guides["broken"])
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "reason": "Broken glass", "amount": 5.0,
            "line_ids": [Command.set(self._receivable(self.invoice).ids)],
        })
        self.assertEqual(guide(), guides["dispute"])

    def test_guide_shown_is_kept_with_the_contact(self):
        contact = self.env["collection.activity"].create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "Talked",
        })
        contact.guide_id = self.env.ref("debt_collection.call_guide_hardship")
        contact.action_confirm()
        self.assertEqual(contact.guide_id.situation, "hardship")

    def test_payment_history(self):
        """Two paid: one 10 days late, one 5 days early; 500 open of 1,000 sold in a year."""
        partner = self.env["res.partner"].create({"name": "History Ltd"})
        today = fields.Date.context_today(self.case)

        def invoice(due, amount):
            move = self._overdue_invoice(
                0, amount, partner=partner, invoice_date=due - timedelta(days=30),
                invoice_date_due=due,
            )
            return move

        late = invoice(today - timedelta(days=60), 300.0)
        early = invoice(today - timedelta(days=60), 200.0)
        invoice(today - timedelta(days=20), 500.0)
        self._pay(late, payment_date=today - timedelta(days=50))
        self._pay(early, payment_date=today - timedelta(days=65))
        self._classify(today)
        case = self.env["collection.case"].search([("partner_id", "=", partner.id)])
        self.env["collection.promise"].create({
            "case_id": case.id, "amount": 10.0, "date_promised": today,
        }).action_break("Told so")
        self.assertRecordValues(case, [{
            "history_invoice_count": 2,
            "history_days_late": 2.5,
            "history_share_late": 0.5,
            "history_broken_count": 1,
            "history_dso": 182.5,
        }])
        other = self._overdue_invoice(5, 10.0, partner=self.partner_b)
        self._classify()
        self.assertRecordValues(other.collection_case_id, [{
            "history_invoice_count": 0, "history_days_late": 0.0, "history_share_late": 0.0,
        }])
