from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .legal_common import LegalCommon

CODES = ["registered_name", "contract", "order", "delivery", "invoices", "signed_statement",
         "letters_delivered", "dispute_closed", "limitation", "charge_sheet", "counsel_opinion",
         "approver"]


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLegalGate(LegalCommon):
    """Nothing is filed before the checklist is complete or waived (P6.1)."""

    def _state(self, action, code):
        check = self._check(action, code)
        check.invalidate_recordset(["state", "answer"])
        return check.state

    def test_the_checklist(self):
        action = self._action()
        self.assertEqual(action.check_ids.mapped("requirement_id.code"), CODES)
        self.case._refresh_limitation()
        self.assertEqual(
            [check.state for check in action.check_ids],
            ["there", "missing", "missing", "missing", "there", "missing", "missing", "there",
             "there", "missing", "missing", "missing"],
        )
        self.assertEqual(action.missing_count, 8)

    def test_filing_is_refused_until_complete_or_waived(self):
        action = self._approved().with_user(self.manager)
        action.write({"court": "Court", "date_filed": self.today})
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            action.action_file()
        for words in ("Contract", "Order", "Proof of delivery", "Signed statement",
                      "Letters with proof", "Charge sheet", "Counsel's opinion",
                      "Counsel has not answered yet"):
            self.assertIn(words, str(caught.exception))
        for words in ("Invoices", "Limitation", "Dispute closed", "Approver"):
            self.assertNotIn(words, str(caught.exception))
        self._complete(action)
        action.action_file()
        self.assertEqual(action.state, "filed")
        self.assertIn("Binder 7", "".join(action.message_ids.mapped("body")))

    def test_registered_name_and_address(self):
        action = self._action()
        self.partner_a.city = False
        self.assertEqual(self._state(action, "registered_name"), "missing")
        self.assertIn("City", self._check(action, "registered_name").answer)
        # Only the books answer this one: a tick does not help.
        self._check(action, "registered_name").write({"is_there": True, "note": "Known"})
        self.assertEqual(self._state(action, "registered_name"), "missing")
        self.partner_a.city = "Suzhou"
        self.assertEqual(self._state(action, "registered_name"), "there")

    def test_papers_of_the_case_count(self):
        action = self._action()
        file = self.env["ir.attachment"].create({"name": "contract.pdf", "raw": b"%PDF"})
        for state, files, expected in [
            ("asked", file.ids, "missing"), ("there", [], "missing"), ("there", file.ids, "there"),
        ]:
            paper = self.env["collection.case.document"].create({
                "case_id": self.case.id, "kind": "contract", "state": state,
                "attachment_ids": [Command.set(files)],
            })
            with self.subTest(state=state, files=files):
                self.assertEqual(self._state(action, "contract"), expected)
            paper.unlink()

    def test_ticks_need_evidence(self):
        check = self._check(self._action(), "order").with_user(self.collector)
        with self.assertRaisesRegex(ValidationError, "where it is"), self.cr.savepoint():
            check.is_there = True
        check.write({"is_there": True, "note": "In the archive"})
        self.assertEqual((check.state, check.answer), ("there", "In the archive"))

    def test_invoices(self):
        entry = self.env["account.move"].create({
            "move_type": "entry", "date": self.today - timedelta(days=90),
            "line_ids": [
                Command.create({
                    "account_id": self.company_data["default_account_receivable"].id,
                    "partner_id": self.partner_a.id, "debit": 10.0, "no_followup": False,
                    "date_maturity": self.today - timedelta(days=90),
                }),
                Command.create({"account_id": self.company_data["default_account_revenue"].id,
                                "credit": 10.0}),
            ],
        })
        entry.action_post()
        self.env["collection.case"]._classify(self.today, self.company)
        action = self._action()
        self.assertIn(entry.line_ids[0], action.item_ids)
        self.assertEqual(self._state(action, "invoices"), "missing")
        action.item_ids -= entry.line_ids
        self.assertEqual(self._state(action, "invoices"), "there")

    def test_dispute(self):
        action = self._action()
        dispute = self.env["collection.dispute"].create({
            "case_id": self.case.id, "reason": "Damaged",
            "line_ids": [Command.set(self._receivable(self.invoice2).ids)],
        })
        self.assertEqual(self._state(action, "dispute_closed"), "missing")
        self.assertIn(self.invoice2.name, self._check(action, "dispute_closed").answer)
        dispute.resolution = "invalid"
        dispute.action_resolve()
        self.assertEqual(self._state(action, "dispute_closed"), "there")

    def test_limitation_must_leave_more_than_sixty_days(self):
        rule = self.env.ref("debt_collection.limitation_rule_cn")
        rule.write({"years": 1, "demand_interrupts": False})
        action = self._action(item_ids=[Command.set(self._receivable(self.invoice).ids)])
        for left, expected in [(61, "there"), (60, "missing"), (0, "missing"), (-5, "missing")]:
            due = self.today + timedelta(days=left)
            self.env.flush_all()
            line = self._receivable(self.invoice)
            line.date_maturity = due.replace(year=due.year - 1)
            self.case._refresh_limitation()
            with self.subTest(left=left):
                self.assertEqual(self._state(action, "limitation"), expected)
        rule.active = False
        self.case._refresh_limitation()
        self.assertEqual(self._state(action, "limitation"), "missing")
        self.assertIn("No limitation is known", self._check(action, "limitation").answer)

    def test_letters_delivered_with_proof(self):
        action = self._action()
        file = self.env["ir.attachment"].create({"name": "receipt.pdf", "raw": b"%PDF"})
        vals = {"case_id": self.case.id, "method": "letter", "outcome": "reached",
                "limitation_event": "demand"}
        self.env["collection.activity"].create(vals).action_confirm()
        self.assertEqual(self._state(action, "letters_delivered"), "missing")
        self.env["collection.activity"].create(
            vals | {"attachment_ids": [Command.set(file.ids)]}
        ).action_confirm()
        self.assertEqual(self._state(action, "letters_delivered"), "there")

    def test_charge_sheet(self):
        action = self._action()
        charge = self.env["collection.charge"].create(
            {"case_id": self.case.id, "currency_id": self.company.currency_id.id,
             "date_to": self.today}
        )
        self.assertEqual(self._state(action, "charge_sheet"), "missing")
        charge.sudo().state = "approved"
        self.assertEqual(self._state(action, "charge_sheet"), "there")

    def test_counsel_against_it(self):
        action = self._action()
        self._opinion(action, "stop", days=-2)
        self.assertEqual(self._state(action, "counsel_opinion"), "missing")
        self._opinion(action, "conditions", days=-1)
        self.assertEqual(self._state(action, "counsel_opinion"), "there")
        self._opinion(action, "stop")
        self.assertEqual(self._state(action, "counsel_opinion"), "missing")

    def test_approver(self):
        action = self._action()
        self.assertEqual(self._state(action, "approver"), "missing")
        action.action_request()
        action.with_user(self.manager).action_approve()
        self.assertEqual(self._state(action, "approver"), "there")

    def test_waivers_are_the_managers_and_have_a_reason(self):
        check = self._check(self._action(), "order")
        with self.assertRaises(AccessError), self.cr.savepoint():
            check.with_user(self.collector).waive_reason = "Not needed"
        with self.assertRaises(AccessError), self.cr.savepoint():
            check.with_user(self.collector).action_waive()
        with self.assertRaises(UserError), self.cr.savepoint():
            check.with_user(self.manager).is_waived = True
        check = check.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            check.action_waive()
        check.waive_reason = "Ordered by telephone, confirmed by delivery."
        check.action_waive()
        self.assertRecordValues(check, [{
            "state": "waived", "waived_by_id": self.manager.id,
            "answer": "Ordered by telephone, confirmed by delivery.",
        }])
        self.assertTrue(check.date_waived)
        with self.assertRaisesRegex(UserError, "take the waiver back"), self.cr.savepoint():
            check.waive_reason = "Another"
        check.action_unwaive()
        self.assertEqual(check.state, "missing")

    def test_requirements_are_data(self):
        action = self._approved()
        self._complete(action)
        requirement = self.env["collection.legal.requirement"].with_user(self.manager).create(
            {"name": "Board resolution", "for_letter": False}
        )
        action.action_refresh_checks()
        self.assertEqual(action._get_missing("filing").requirement_id, requirement)
        self.assertFalse(action._get_missing("letter"))
        with self.assertRaisesRegex(UserError, "archive"), self.cr.savepoint():
            requirement.unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            requirement.with_user(self.collector).name = "x"
        action.check_ids.filtered(lambda c: c.requirement_id == requirement).write(
            {"is_there": True, "note": "Minutes of May"}
        )
        self.assertFalse(action._get_missing("filing"))

    def test_the_checklist_ends_with_the_action(self):
        action = self._approved().with_user(self.manager)
        action.outcome = "withdrawn"
        action.action_close()
        with self.assertRaisesRegex(UserError, "stays as it was"), self.cr.savepoint():
            action.check_ids[1].write({"is_there": True, "note": "Found"})
