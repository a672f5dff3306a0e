from datetime import timedelta

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..letter.letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestSealedModels(LetterCommon):
    """Letters and plans are sealed once they are approved, with their lines."""

    def setUp(self):
        super().setUp()
        self._overdue_invoice(40, 3000.0)
        self.case = self._case()
        self.case.user_id = self.collector

    def _assert_refused(self, table, column, record):
        self.env.flush_all()
        for query in (
            SQL("UPDATE %s SET %s = NULL WHERE id = %s", SQL.identifier(table),
                SQL.identifier(column), record.id),
            SQL("DELETE FROM %s WHERE id = %s", SQL.identifier(table), record.id),
        ):
            with (
                self.subTest(query=query.code),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.cr.savepoint(),
            ):
                self.cr.execute(query)

    def test_letter(self):
        letter = self._letter(case=self.case)
        self.assertFalse(letter.seal)
        letter.action_approve()
        self.assertTrue(letter.seal)
        for table, column, record in [
            ("collection_letter", "amount_total", letter),
            ("collection_letter", "body", letter),
            ("collection_letter_line", "amount_open", letter.line_ids[:1]),
        ]:
            self._assert_refused(table, column, record)
        letter.action_send()
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")

    def test_letter_with_a_blocked_word(self):
        letter = self._letter(case=self.case)
        letter.body = f"{letter.body}\nPay, you liar."
        with self.assertRaisesRegex(UserError, "liar"), self.cr.savepoint():
            letter.action_approve()
        self.assertEqual(letter.state, "draft")

    def test_email_waits_for_the_hours(self):
        """09:00 UTC is 05:00 in New York: the e-mail leaves from 08:00 there."""
        self.case.partner_id.write({
            "collection_contact_rule_id": self.env.ref("debt_collection.contact_rule_us").id,
            "collection_tz": "America/New_York",
        })
        letter = self._letter(case=self.case, channel="email")
        letter.action_approve()
        letter.action_send()
        mail = letter.sudo().mail_mail_id
        self.assertEqual(str(mail.scheduled_date), f"{self.TODAY} 12:00:00")

    def test_plan(self):
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": self.case.id, "date_first": self.TODAY + timedelta(days=10), "count": 3,
        })
        plan.action_generate()
        self.assertFalse(plan.seal)
        plan.with_user(self.manager).action_approve()
        self.assertTrue(plan.seal)
        self._assert_refused("collection_plan", "amount", plan)
        self._assert_refused("collection_plan_line", "amount", plan.line_ids[:1])
        plan.write({"accepted_by": "Ms Chen"})
        plan.action_accept()
        plan.action_cancel()
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")
