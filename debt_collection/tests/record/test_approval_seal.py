from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestApprovalSeal(ApprovalCommon):
    """Whatever two people decided is append-only, for the administrator too (P3.7, P6.3)."""

    def _assert_refused(self, query, error=psycopg2.errors.RestrictViolation):
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"), self.assertRaises(error), self.cr.savepoint(),
        ):
            self.cr.execute(query)

    def test_every_kind_of_approval(self):
        seen = set()
        for request_sudo, column in self._requests():
            seen.add(request_sudo._name)
            with self.subTest(model=request_sudo._name):
                self._check_kind(request_sudo, column)
        approvals = {
            name for name, model in self.env.registry.items()
            if not model._abstract and "approved_by_id" in model._fields
        }
        # Letters and plans have tests of their own; what waits for approval is a view of these.
        self.assertEqual(
            approvals - seen, {"collection.letter", "collection.approval.item"}
        )
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")

    def _check_kind(self, request_sudo, column):
        self.assertFalse(request_sudo.seal)
        request = request_sudo.with_user(self.manager).sudo(False)
        # Nobody approves what they asked for, whatever they write or send.
        for vals in ({"state": "approved"}, {"requested_by_id": self.manager2.id},
                     {"approved_by_id": self.manager2.id}, {"date_approved": "2025-01-01"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                request.write(vals)
            key, value = next(iter(vals.items()))
            found = request.browse().with_context(**{f"default_{key}": value}).default_get([key])
            self.assertNotEqual(found.get(key), value)
        with self.cr.savepoint() as savepoint:
            request_sudo.write({"requested_by_id": self.manager.id})
            with self.assertRaisesRegex(UserError, "yourself"):
                request.action_approve()
            savepoint.rollback()
            self.env.invalidate_all()
        request.action_approve()
        self.assertEqual(request.state, "approved")
        self.assertTrue(request.seal)
        table, number = SQL.identifier(request._table), request.id
        for name in (column, "approved_by_id", "requested_by_id", "date_approved", "seal"):
            self._assert_refused(
                SQL("UPDATE %s SET %s = NULL WHERE id = %s", table, SQL.identifier(name), number)
            )
        self._assert_refused(SQL("DELETE FROM %s WHERE id = %s", table, number))
        self._assert_refused(SQL("TRUNCATE %s CASCADE", table))
        for state in ("draft", "requested", "refused"):
            self._assert_refused(
                SQL("UPDATE %s SET state = %s WHERE id = %s", table, state, number),
                psycopg2.errors.CheckViolation,
            )
        for attempt in (
            lambda: request_sudo.write({column: False}),
            lambda: request_sudo.write({"approved_by_id": self.collector.id}),
            lambda: request_sudo.unlink(),
            lambda: request.action_redraft(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                attempt()

    def test_lines_stay(self):
        charge = next(self._requests())[0]
        charge.with_user(self.manager).sudo(False).action_approve()
        line = charge.line_ids
        for query in (
            SQL("UPDATE collection_charge_line SET interest = 1 WHERE id = %s", line.id),
            SQL("DELETE FROM collection_charge_line WHERE id = %s", line.id),
            SQL("INSERT INTO collection_charge_line (charge_id, line_id) VALUES (%s, %s)",
                charge.id, self.item.id),
        ):
            self._assert_refused(query)
        charge.with_user(self.manager).sudo(False).action_cancel()
        self.assertEqual(charge.approved_by_id, self.manager)

    def test_what_was_posted_is_filled_once(self):
        charge = next(self._requests())[0]
        charge.with_user(self.manager).sudo(False).action_approve()
        charge.write({"posted_by_id": self.manager.id, "move_id": self.invoice.id})
        for name in ("posted_by_id", "move_id"):
            self._assert_refused(
                SQL("UPDATE collection_charge SET %s = NULL", SQL.identifier(name))
            )

    def test_changes_past_the_triggers_are_found(self):
        for request_sudo, _column in self._requests():
            request_sudo.with_user(self.manager).sudo(False).action_approve()
            self.env.flush_all()
            table = SQL.identifier(request_sudo._table)
            with self.subTest(model=request_sudo._name), self.cr.savepoint() as savepoint:
                self.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", table))
                self.cr.execute(SQL(
                    "UPDATE %s SET approved_by_id = %s WHERE id = %s", table,
                    self.collector.id, request_sudo.id,
                ))
                self.env.invalidate_all()
                self.assertIn(
                    "approved_by_id", self.env["collection.seal"]._verify(self.company)["problem"]
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_waivers_are_on_record(self):
        decisions = self.env["collection.decision"]
        self.case.with_user(self.manager)._waive_preparation("The shop closes on Friday")
        decision = decisions.search([("case_id", "=", self.case.id)])
        self.assertRecordValues(decision, [{
            "kind": "preparation", "reason": "The shop closes on Friday",
            "user_id": self.manager.id, "res_id": self.case.id,
        }])
        self.assertTrue(decision.seal)
        self._assert_refused(SQL("UPDATE collection_decision SET reason = 'x'"))
        self._assert_refused(SQL("DELETE FROM collection_decision"))
        with self.assertRaises(UserError), self.cr.savepoint():
            decisions.create({"name": "x"})
        action = self.env["collection.legal.action"].create(
            {"case_id": self.case.id, "reason": "x"}
        )
        check = action.check_ids[:1].with_user(self.manager)
        check.waive_reason = "No contract in this trade"
        check.action_waive()
        check.action_unwaive()
        self.assertEqual(
            decisions.search([("res_model", "=", check._name)], order="id").mapped("kind"),
            ["requirement", "required"],
        )
        self.assertEqual(self.env["collection.seal"]._verify(self.company)["problem"], "")

    def test_sealed_content_is_shown_to_who_sees_the_record(self):
        """Managers who are not named learn nothing of a confidential case from its seals."""
        contact = self.env["collection.activity"].create({
            "case_id": self.case.id, "outcome": "promised", "feedback": "Secret",
            "amount_promised": 77, "date_promised": self.company._get_collection_today()
            + timedelta(days=2), "state": "confirmed",
        })
        seal = self.env["collection.seal"].search([("res_id", "=", contact.id)], limit=1)
        seal_of_manager = seal.with_user(self.manager)
        self.assertIn("77", seal_of_manager.content_shown)
        self.case.sudo().write({
            "is_confidential": True, "confidential_user_ids": [Command.link(self.collector.id)],
        })
        self.env.invalidate_all()
        self.assertFalse(seal_of_manager.content_shown)
        for name in ("content", "personal"):
            with self.subTest(name=name), self.assertRaises(UserError):
                seal_of_manager.read([name])
            with self.subTest(name=name), self.assertRaises(UserError):
                self.env["collection.seal"].with_user(self.manager).search([(name, "like", "7")])
