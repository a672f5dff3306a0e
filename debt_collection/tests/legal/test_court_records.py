from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .legal_common import LegalCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCourtRecords(LegalCommon):
    """What a court is shown happened, and in this order (P6.1)."""

    def _words(self):
        return [event[1] for event in self.case._get_chronology()]

    def _hearing(self, action, **vals):
        return self.env["collection.legal.hearing"].with_user(self.manager).create({
            "action_id": action.id, "date_start": datetime.now() - timedelta(hours=1), **vals,
        })

    def test_chronology_has_nothing_that_was_only_noted(self):
        action = self._approved()
        action.with_user(self.manager).write({"date_filed": self.today, "court": "Not Filed Yet"})
        self.assertNotIn("Not Filed Yet", " ".join(self._words()))
        draft = self._action()
        draft.write({"date_filed": self.today, "court": "Draft Court"})
        self.assertNotIn("Draft Court", " ".join(self._words()))

    def test_chronology_of_a_claim(self):
        action = self._filed()
        planned = self._hearing(action, result="planned one")
        cancelled = self._hearing(action, result="cancelled one", state="cancelled")
        self._hearing(action, result="held one", state="held")
        action.with_user(self.manager).write(
            {"judgment_date": self.today, "judgment_kind": "lost"}
        )
        action.with_user(self.manager).action_judgment()
        words = self._words()
        text = " ".join(words)
        self.assertIn("held one", text)
        self.assertNotIn("planned one", text)
        self.assertNotIn("cancelled one", text)
        decided = next(line for line in words if "decided" in line)
        self.assertTrue(decided.endswith("Lost"), decided)
        held = next(index for index, line in enumerate(words) if "held one" in line)
        self.assertLess(held, words.index(decided))
        self.assertTrue(planned and cancelled)

    def test_chronology_goes_by_the_time(self):
        for hour, feedback in [(3, "third"), (1, "first"), (2, "second")]:
            self.env["collection.activity"].create({
                "case_id": self.case.id, "method": "phone", "outcome": "reached",
                "date": datetime.combine(self.today - timedelta(days=3), datetime.min.time())
                + timedelta(hours=hour), "feedback": feedback,
            }).action_confirm()
        events = [event for event in self.case._get_chronology() if event[3] and any(
            word in event[1] for word in ("first", "second", "third")
        )]
        self.assertEqual([event[1].split(": ")[-1] for event in events],
                         ["first", "second", "third"])
        self.assertEqual([event[3] for event in events], sorted(event[3] for event in events))

    def test_promises_that_were_made(self):
        """One recorded by mistake is none; one that ended with its case was made."""
        promises = self.env["collection.promise"].with_user(self.collector)
        wrong = promises.create({
            "case_id": self.case.id, "amount": 111.0,
            "date_promised": self.today + timedelta(days=5),
        })
        wrong.action_cancel()
        right = promises.create({
            "case_id": self.case.id, "amount": 222.0,
            "date_promised": self.today + timedelta(days=5),
        })
        for is_closed in (False, True):
            if is_closed:
                self.case.action_close()
            text = " ".join(self._words())
            self.assertIn("222", text)
            self.assertNotIn("111.00", text)
        self.assertTrue(right.is_ended_with_case)

    def test_nothing_ahead(self):
        days = [event[0] for event in self.case._get_chronology()]
        self.assertTrue(days)
        self.assertLessEqual(max(days), self.today)
        self.assertEqual(days, sorted(days))

    def test_dates_follow_each_other(self):
        action = self._filed().with_user(self.manager)
        for vals in (
            {"judgment_date": self.today + timedelta(days=1)},
            {"judgment_date": self.today - timedelta(days=1)},
            {"enforcement_date": self.today + timedelta(days=1)},
            {"date_evidence": self.today - timedelta(days=1)},
            {"judgment_date": self.today, "appeal_deadline": self.today - timedelta(days=1)},
            {"preservation_date": self.today, "preservation_until": self.today - timedelta(1)},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), \
                    self.cr.savepoint():
                action.write(vals)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._hearing(
                action, state="held", result="x", date_start=datetime.now() + timedelta(days=2)
            )

    def test_paid_in_full_needs_the_payments(self):
        action = self._filed().with_user(self.manager)
        action.outcome = "paid"
        with self.assertRaisesRegex(UserError, "not paid in full"), self.cr.savepoint():
            action.action_close()
        action.outcome = "part"
        action.action_close()
        self.assertEqual(action.state, "closed")

    def test_a_bill_counts_once_and_its_credit_note_reduces_it(self):
        bill = self.init_invoice("in_invoice", partner=self.firm, amounts=[800.0], post=True)
        action = self._filed()
        costs = self.env["collection.legal.cost"].with_user(self.finance)
        self.finance.sudo().group_ids += self.env.ref("account.group_account_readonly")
        cost = costs.create({"action_id": action.id, "move_id": bill.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), \
                self.cr.savepoint():
            costs.create({"action_id": action.id, "move_id": bill.id})
        refund = bill._reverse_moves([{"invoice_date": self.today}])
        refund.invoice_line_ids[0].price_unit = 300.0
        self.assertEqual(cost.amount, 800.0)
        refund.action_post()
        self.assertEqual(cost.amount, 500.0)
        self.assertEqual(action.amount_cost, 500.0)
