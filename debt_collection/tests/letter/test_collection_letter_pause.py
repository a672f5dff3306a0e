from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .letter_common import LetterCommon

PAUSES = (
    "hold on the case", "hold on the customer", "promise", "plan", "dispute", "reply", "legal",
)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterPause(LetterCommon):
    """Each way to write to the customer stops for each pause, and goes without one (P3.4, P1.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.step_ids.filtered(lambda step: step.method == "letter").approval_needed = False
        cls.ways = {
            "a step": cls._by_step,
            "a draft approved before": cls._by_approved,
            "a letter released to the job": cls._by_released,
            "an e-mail in the queue": cls._by_queue,
            "a run": cls._by_run,
            "a reminder ahead": cls._by_reminder,
            "the e-mail of a step": cls._by_email,
            "the e-mail of a step in the queue": cls._by_queued_email,
            "a step after broken promises": cls._by_broken,
        }

    def _pause(self, name, case):
        until = self.TODAY + timedelta(days=9)
        if name == "hold on the case":
            case.write({"hold_until": until, "hold_reason": "Talks"})
        elif name == "hold on the customer":
            case.partner_id.write({
                "collection_hold": True, "collection_hold_until": until,
                "collection_hold_reason": "Fire",
            })
        elif name == "promise":
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": 80.0, "date_made": self.TODAY,
                "date_promised": self.TODAY + timedelta(days=5),
            })
        elif name == "plan":
            plan = self.env["collection.plan"].create({
                "case_id": case.id, "date_first": self.TODAY + timedelta(days=20),
            })
            plan.action_generate()
            plan._set_state("performing", date_accepted=self.TODAY)
        elif name == "dispute":
            self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": case.line_ids.ids, "reason": "Damaged",
            })
        elif name == "reply":
            case.sudo().wait_until = until
        elif name == "legal":
            case.stage = "legal"

    def _new_case(self, name, days):
        partner = self.env["res.partner"].create({
            "name": name, "email": "table@customer.example", "street": "1 Road",
        })
        self._overdue_invoice(days, 80.0, partner=partner)
        return self._case(partner)

    # Each returns whether something was written, or went out, after the pause began.

    def _by_step(self, name, pause):
        case = self._new_case(name, 4)
        pause(case)
        self._night()
        return bool(case.letter_ids or case.case_step_ids.filtered(
            lambda step: step.state in ("planned", "done") and step.method != "other"
        ))

    def _by_approved(self, name, pause):
        letter = self._letter(case=self._new_case(name, 20))
        letter.action_approve()
        pause(letter.case_id.with_env(self.env))
        letter.action_send()
        return bool(letter.date_queued)

    def _by_released(self, name, pause):
        letter = self._letter(case=self._new_case(name, 20))
        letter.action_release()
        pause(letter.case_id.with_env(self.env))
        letter._send_slice(letter.ids)
        return bool(letter.date_queued)

    def _by_queue(self, name, pause):
        letter = self._letter(case=self._new_case(name, 20))
        letter.action_approve()
        letter.action_send()
        mail = letter.sudo().mail_mail_id
        pause(letter.case_id.with_env(self.env))
        letter.invalidate_recordset()
        return not letter.sudo()._take_back_paused() and mail.state == "outgoing"

    def _by_run(self, name, pause):
        case = self._new_case(name, 20)
        pause(case)
        run = self.env["collection.letter.run"].with_user(self.collector).create(
            {"kind": "dunning"}
        )
        run.action_preview()
        return not run.line_ids.filtered(lambda line: line.case_id == case).reason

    def _by_reminder(self, name, pause):
        case = self._new_case(name, 20)
        self._overdue_invoice(-3, 50.0, partner=case.partner_id)
        pause(case)
        self.env["collection.letter"]._remind(self.TODAY, self.company)
        return bool(self.env["collection.letter"].search([
            ("partner_id", "=", case.partner_id.id), ("is_ahead", "=", True),
        ]))

    def _by_email(self, name, pause):
        """The e-mail waited for its hour; the pause came in between."""
        case = self._new_case(name, 1)
        self.company.collection_is_started = False
        self._night()
        self.company.collection_is_started = True
        step = case.case_step_ids.filtered(lambda step: step.method == "email")
        self.assertEqual(step.state, "planned")
        pause(case)
        step._send_held(self.company, fields.Datetime.now() + timedelta(minutes=1))
        return step.state == "done"

    def _by_queued_email(self, name, pause):
        """The e-mail was written in the night, the mail server is asked in the morning."""
        case = self._new_case(name, 1)
        self._night()
        mail = self._get_step_mail(case)
        self.assertEqual(mail.state, "outgoing")
        pause(case)
        mail._send()
        return mail.state == "outgoing"

    def _get_step_mail(self, case):
        return self.env["mail.mail"].sudo().search([
            ("mail_message_id", "in", case.collection_activity_ids.filtered("case_step_id")
             .message_id.ids),
        ], order="id desc", limit=1)

    def _by_broken(self, name, pause):
        """Two promises in a row are broken while something else pauses the chase."""
        case = self._new_case(name, 20)
        pause(case)
        case.promise_ids.sudo().unlink()
        for days in (14, 7):
            self.env["collection.promise"].create({
                "case_id": case.id, "amount": 80.0,
                "date_made": self.TODAY - timedelta(days=days + 1),
                "date_promised": self.TODAY - timedelta(days=days),
            })
            self.env["collection.promise"]._evaluate(self.TODAY, self.company)
        return bool(case.case_step_ids)

    def test_table(self):
        for way, go in self.ways.items():
            for pause in ("nothing", *PAUSES):
                if (way, pause) == ("a step after broken promises", "promise"):
                    continue  # it is the promises that are broken
                with self.subTest(way=way, pause=pause), self.cr.savepoint() as savepoint:
                    went = go(self, pause, lambda case, name=pause: self._pause(name, case))
                    self.assertEqual(went, pause == "nothing")
                    savepoint.rollback()

    def test_an_email_taken_back_comes_again(self):
        """Its contact is corrected, its step is paused; after the pause it is written anew."""
        case = self._new_case("Queue", 1)
        self._night()
        step = case.case_step_ids.filtered(lambda step: step.method == "email")
        contact = case.collection_activity_ids.filtered(lambda one: one.case_step_id == step)
        mail = self._get_step_mail(case)
        case.write({"hold_until": self.TODAY, "hold_reason": "Talks"})
        mail._send()
        self.assertEqual(mail.state, "cancel")
        self.assertRecordValues(step, [
            {"state": "cancelled", "cancel_reason": "paused", "date_done": False},
        ])
        self.assertIn("Talks", contact.correction_ids.feedback)
        self.assertEqual(contact.correction_ids.state, "confirmed")
        self._night(1)
        self.assertEqual(step.state, "done")
        self.assertFalse(step.mail_activity_ids)
        again = self._get_step_mail(case)
        self.assertNotEqual(again, mail)
        self.assertEqual(again.state, "outgoing")
        self._pay(case.line_ids.move_id)
        again._send()
        self.assertEqual(again.state, "cancel")
        self.assertRecordValues(step, [{"state": "cancelled", "cancel_reason": "paid"}])

    def test_a_pause_that_ends_within_the_day(self):
        """What it took off the lists comes back at once, as the night would bring it."""
        case = self._new_case("Back", 4)
        self._night()
        planned = case.case_step_ids.filtered(lambda step: step.state == "planned")
        self.assertTrue(planned)
        promise = self.env["collection.promise"].create({
            "case_id": case.id, "amount": 80.0, "date_made": self.TODAY,
            "date_promised": self.TODAY + timedelta(days=5),
        })
        case._update_chase()
        self.assertEqual(set(planned.mapped("state")), {"cancelled"})
        self.assertFalse(case.activity_ids.filtered("collection_step_id"))
        promise.action_cancel()
        case._update_chase()
        self.assertEqual(set(planned.mapped("state")), {"planned"})
        self.assertEqual(case.activity_ids.collection_step_id, planned)
        self.assertFalse(case.pause_reason)

    def test_no_letter_within_the_gap_after_broken_promises(self):
        """The step of the next stage is no letter where one went out a short time ago."""
        case = self._new_case("Gap", 20)
        case.sudo()._note_letter(self.TODAY - timedelta(days=3))
        case.sudo()._advance_to_next_stage(self.TODAY)
        self.assertEqual(case.case_step_ids.mapped("step_id.name"), ["Visit"])
        other = self._new_case("No Gap", 20)
        other.sudo()._note_letter(self.TODAY - timedelta(days=8))
        other.sudo()._advance_to_next_stage(self.TODAY)
        self.assertEqual(other.case_step_ids.mapped("step_id.name"), ["Formal Letter"])
