from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .legal_common import LegalCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLegalAction(LegalCommon):
    """Legal actions from the first question to the last payment (P3.6, P4.1)."""

    def test_lawyers_belong_to_law_firms(self):
        partner = self.env["res.partner"]
        for vals in (
            {"name": "Alone", "is_lawyer": True},
            {"name": "Elsewhere", "is_lawyer": True, "parent_id": self.partner_a.id},
            {"name": "Ann", "is_law_firm": True},
            {"name": "Firm", "is_company": True, "is_lawyer": True, "parent_id": self.firm.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError), \
                    self.cr.savepoint():
                partner.create(vals)
        with self.assertRaisesRegex(ValidationError, "Li Wen"), self.cr.savepoint():
            self.firm.is_law_firm = False
        other = partner.create({"name": "Other Firm", "is_company": True, "is_law_firm": True})
        with self.assertRaisesRegex(ValidationError, "not a lawyer of"), self.cr.savepoint():
            self._action(law_firm_id=other.id)
        with self.assertRaisesRegex(ValidationError, "not marked"), self.cr.savepoint():
            self._action(law_firm_id=self.partner_b.id, lawyer_ids=False)

    def test_proposal(self):
        action = self._action()
        self.assertRecordValues(action, [{
            "amount_claimed": 5000.0, "state": "draft", "user_id": self.collector.id,
            "partner_id": self.partner_a.id, "company_id": self.company.id,
        }])
        self.assertTrue(action.name.startswith("LAW/"))
        self.assertEqual(action.item_ids, self._receivable(self.invoice + self.invoice2))
        self.assertEqual(self.case.legal_action_count, 1)
        self.assertEqual(self.case.action_view_legal_actions()["res_id"], action.id)

    def test_contested_items_are_left_out(self):
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "reason": "Damaged",
            "line_ids": [Command.set(self._receivable(self.invoice2).ids)],
        })
        self.assertEqual(self._action().amount_claimed, 3000.0)

    def test_form(self):
        form = Form(self.env["collection.legal.action"].with_user(self.collector).with_context(
            default_case_id=self.case.id
        ))
        form.reason = "They do not answer."
        form.law_firm_id = self.firm
        form.lawyer_ids.add(self.lawyer)
        action = form.save()
        self.assertEqual(action.amount_claimed, 5000.0)
        self.assertTrue(action.check_ids)

    def test_request_needs_reason_items_and_counsel(self):
        for vals, words in [
            ({"reason": " "}, "why legal means"),
            ({"item_ids": False}, "items that are claimed"),
            ({"law_firm_id": False, "lawyer_ids": False}, "counsel"),
            ({"amount_claimed": 0}, "claims nothing"),
        ]:
            action = self._action(**vals)
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, words), \
                    self.cr.savepoint():
                action.action_request()

    def test_two_people_approve_and_the_case_becomes_legal(self):
        action = self._action()
        action.action_request()
        with self.assertRaises(AccessError), self.cr.savepoint():
            action.action_approve()
        own = self._action(self.manager)
        own.action_request()
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.action_approve()
        with self.assertRaisesRegex(UserError, "waiting|Waiting"), self.cr.savepoint():
            action.with_user(self.manager).reason = "Another one"
        action.with_user(self.manager).action_approve()
        self.assertRecordValues(action, [
            {"state": "approved", "approved_by_id": self.manager.id},
        ])
        self.assertEqual(self.case.stage, "legal")

    def test_refused_and_asked_again(self):
        action = self._action()
        action.action_request()
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            action.with_user(self.manager).action_refuse()
        action.with_user(self.manager).refuse_reason = "Offer instalments first."
        action.with_user(self.manager).action_refuse()
        self.assertEqual(action.state, "refused")
        self.assertNotEqual(self.case.stage, "legal")
        action.action_redraft()
        action.reason = "Instalments were refused."
        action.action_request()
        self.assertEqual(action.state, "requested")

    def test_approval_is_taken_back_by_managers(self):
        action = self._approved()
        with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
            action.with_user(self.manager).action_redraft()
        with self.assertRaises(AccessError), self.cr.savepoint():
            action.action_cancel()
        action.with_user(self.manager).action_cancel()
        self.assertRecordValues(
            action, [{"state": "cancelled", "approved_by_id": self.manager.id}]
        )
        self.assertEqual(self.case.stage, "severe")

    def test_drafts_leave_the_stage_alone(self):
        """What a manager did by hand is not undone by a collector who drops a draft."""
        self.case.with_user(self.manager).action_move_to_legal()
        action = self._action()
        action.action_cancel()
        self.assertEqual((action.state, self.case.stage), ("cancelled", "legal"))

    def test_paid_case_asks_for_the_end_of_the_action(self):
        action = self._filed()
        self._pay(self.invoice + self.invoice2, group_payment=False, payment_date=self.today)
        self.assertEqual(self.case.close_reason, "paid")
        self.assertRecordValues(action.activity_ids, [{"user_id": self.collector.id}])
        action.with_user(self.manager).outcome = "paid"
        action.with_user(self.manager).action_close()
        self.assertEqual(action.amount_recovered, 5000.0)
        self.assertFalse(action.activity_ids)
        self.assertEqual(self.case.stage, "closed")

    def test_states_and_signatures_are_written_by_steps_alone(self):
        action = self._action().with_user(self.manager)
        for vals in ({"state": "filed"}, {"approved_by_id": self.manager.id},
                     {"date_letter": self.today}, {"date_closed": self.today},
                     {"amount_recovered_final": 5.0}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                action.write(vals)
            with self.subTest(create=vals), self.assertRaises(UserError), self.cr.savepoint():
                self._action(self.manager, **vals)

    def test_collectors_prepare_and_managers_carry_on(self):
        action = self._approved()
        for vals in ({"court": "Elsewhere"}, {"date_filed": self.today}, {"outcome": "paid"}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "no draft"), \
                    self.cr.savepoint():
                action.with_user(self.collector).write(vals)
        for step in ("action_file", "action_hearing", "action_judgment", "action_enforce",
                     "action_close", "action_cancel"):
            with self.subTest(step=step), self.assertRaises(AccessError), self.cr.savepoint():
                getattr(action.with_user(self.collector), step)()
        # Papers and questions are still theirs to add.
        action.with_user(self.collector).write({
            "document_ids": [Command.create({"name": "Contract", "kind": "evidence"})],
        })
        self.assertEqual(action.document_ids.user_id, self.collector)

    def test_the_whole_way(self):
        action = self._filed().with_user(self.manager)
        self.assertEqual(action.state, "filed")
        suit = self.case.collection_activity_ids.filtered(
            lambda contact: contact.limitation_event == "suit"
        )
        self.assertRecordValues(suit, [{"method": "legal", "state": "confirmed"}])
        self.assertEqual(self.case.limitation_date.year, self.today.year + 3)
        self.env["collection.legal.hearing"].with_user(self.manager).create(
            {"action_id": action.id, "date_start": datetime(2026, 3, 2, 9)}
        )
        self.assertEqual(action.state, "hearing")
        with self.assertRaisesRegex(UserError, "Decision"), self.cr.savepoint():
            action.action_judgment()
        action.write({"judgment_date": self.today, "judgment_kind": "won"})
        with self.assertRaisesRegex(UserError, "Amount Awarded"), self.cr.savepoint():
            action.action_judgment()
        action.write({"judgment_amount": 5000.0,
                      "appeal_deadline": self.today + timedelta(days=15)})
        action.action_judgment()
        with self.assertRaisesRegex(UserError, "Applied For On"), self.cr.savepoint():
            action.action_enforce()
        action.enforcement_date = self.today
        action.action_enforce()
        self._pay(self.invoice, amount=1200.0, payment_date=self.today)
        self.assertEqual(action.amount_recovered, 1200.0)
        with self.assertRaisesRegex(UserError, "Outcome"), self.cr.savepoint():
            action.action_close()
        action.outcome = "part"
        action.action_close()
        self.assertRecordValues(action, [{
            "state": "closed", "date_closed": self.today, "amount_recovered": 1200.0,
        }])
        # What came later is not of this action; the open case is chased again.
        self._pay(self.invoice, amount=300.0, payment_date=self.today)
        self.assertEqual(action.amount_recovered, 1200.0)
        self.assertEqual(self.case.stage, "severe")
        with self.assertRaises(UserError), self.cr.savepoint():
            action.court = "Another"

    def test_order_of_steps(self):
        action = self._approved().with_user(self.manager)
        for step in ("action_hearing", "action_judgment", "action_enforce", "action_approve",
                     "action_request"):
            with self.subTest(step=step), self.assertRaises(UserError), self.cr.savepoint():
                getattr(action, step)()
        with self.assertRaisesRegex(UserError, "not with the court"), self.cr.savepoint():
            self.env["collection.legal.hearing"].with_user(self.manager).create(
                {"action_id": action.id, "date_start": datetime.now()}
            )
        with self.assertRaises(UserError), self.cr.savepoint():
            action.unlink()

    def test_lost_is_not_enforced(self):
        action = self._filed().with_user(self.manager)
        action.write({"judgment_date": self.today, "judgment_kind": "lost",
                      "enforcement_date": self.today})
        action.action_judgment()
        with self.assertRaisesRegex(UserError, "lost"), self.cr.savepoint():
            action.action_enforce()

    def test_dates_of_the_court(self):
        action = self._approved().with_user(self.manager)
        action.date_filed = self.today
        with self.assertRaises(ValidationError), self.cr.savepoint():
            action.judgment_date = self.today - timedelta(days=1)
        self._complete(action)
        action.write({"court": "Court", "date_filed": self.today + timedelta(days=1)})
        with self.assertRaisesRegex(UserError, "to come"), self.cr.savepoint():
            action.action_file()

    def test_cash_before_filing_and_what_is_no_cash_do_not_count(self):
        self._pay(self.invoice, amount=500.0, payment_date=self.today - timedelta(days=9))
        action = self._filed(item_ids=[Command.set(self._receivable(self.invoice).ids)])
        refund = self.invoice._reverse_moves(
            [{"date": self.today, "invoice_date": self.today}]
        )
        refund.invoice_line_ids.price_unit = 100.0
        refund.action_post()
        self._receivable(self.invoice + refund).reconcile()
        self._pay(self.invoice, amount=700.0, payment_date=self.today)
        # Of the same case, but not claimed.
        self._pay(self.invoice2, amount=400.0, payment_date=self.today)
        action.invalidate_recordset(["amount_recovered"])
        self.assertEqual(action.amount_recovered, 700.0)

    def test_foreign_items_are_claimed_in_company_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        foreign = self._overdue_invoice(
            (self.TODAY - self.today).days + 65, 1000.0, currency_id=euro.id
        )
        self.env["collection.case"]._classify(self.today, self.company)
        action = self._action(item_ids=[Command.set(self._receivable(foreign).ids)])
        self.assertEqual(action.amount_claimed, 500.0)

    def test_costs_with_their_bills(self):
        bill = self.init_invoice("in_invoice", partner=self.firm, amounts=[800.0], post=True)
        action = self._filed()
        costs = self.env["collection.legal.cost"].with_user(self.finance)
        vals = {"action_id": action.id, "kind": "lawyer", "move_id": bill.id}
        # Of a bill that one may not open nobody learns the amount this way.
        with self.assertRaises(AccessError), self.cr.savepoint():
            costs.create(vals)
        self.finance.sudo().group_ids += self.env.ref("account.group_account_readonly")
        cost = costs.create(vals)
        self.assertEqual(cost.amount, 800.0)
        self.env["collection.legal.cost"].with_user(self.manager).create(
            {"action_id": action.id, "kind": "court", "amount": 50.0}
        )
        self._pay(self.invoice, amount=1000.0, payment_date=self.today)
        action.invalidate_recordset()
        self.assertEqual((action.amount_cost, action.amount_net), (850.0, 150.0))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            cost.move_id = self.invoice
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["collection.legal.cost"].with_user(self.collector).create(
                {"action_id": action.id, "amount": 1.0}
            )

    def test_deadlines_are_to_dos_of_the_responsible(self):
        action = self._filed().with_user(self.manager)
        action.write({
            "date_evidence": self.today + timedelta(days=20),
            "preservation_state": "granted",
            "preservation_until": self.today + timedelta(days=300),
            "appeal_deadline": self.today + timedelta(days=90),
        })
        legal = self.env.ref("debt_collection.mail_activity_type_legal")

        def todos():
            return self.case.activity_ids.filtered(
                lambda todo: todo.collection_legal_action_id == action
            ).sorted("date_deadline")

        self.assertEqual(todos().mapped("collection_legal_deadline"),
                         ["date_evidence", "preservation_until"])
        self.assertEqual((todos().activity_type_id, todos().user_id), (legal, self.collector))
        self.assertEqual(action.date_next_deadline, self.today + timedelta(days=20))
        action.date_evidence = self.today + timedelta(days=25)
        self.assertEqual(todos()[0].date_deadline, self.today + timedelta(days=25))
        action.user_id = self.manager2
        self.assertEqual(todos().user_id, self.manager2)
        # Done like any to-do, and not made again.
        todos()[0].with_user(self.manager2).action_feedback("Filed")
        action.note = "x"
        action.preservation_state = "granted"
        self.assertEqual(todos().mapped("collection_legal_deadline"), ["preservation_until"])
        action.write({"judgment_date": self.today, "judgment_kind": "won",
                      "judgment_amount": 5000.0})
        action.action_judgment()
        self.assertIn("appeal_deadline", todos().mapped("collection_legal_deadline"))
        action.outcome = "settled"
        action.action_close()
        self.assertFalse(todos())

    def test_hearings_are_in_the_calendar(self):
        action = self._filed()
        start = datetime.combine(self.today + timedelta(days=30), datetime.min.time())
        hearing = self.env["collection.legal.hearing"].with_user(self.manager).create({
            "action_id": action.id, "date_start": start, "hours": 3,
            "attendee_ids": [Command.set(self.manager.ids)],
        })
        event = hearing.event_id.sudo()
        self.assertEqual(hearing.place, "People's Court of Suzhou")
        self.assertRecordValues(event, [{
            "start": start, "stop": start + timedelta(hours=3), "privacy": "private",
            "user_id": self.collector.id,
        }])
        self.assertEqual(event.partner_ids, (self.collector | self.manager).partner_id)
        hearing.date_start = start + timedelta(days=7)
        self.assertEqual(event.start, start + timedelta(days=7))
        with self.assertRaisesRegex(ValidationError, "result"), self.cr.savepoint():
            hearing.write({"state": "held", "date_start": datetime.now()})
        with self.assertRaisesRegex(ValidationError, "to come"), self.cr.savepoint():
            hearing.write({"state": "held", "result": "The customer did not appear."})
        hearing.write({
            "state": "held", "date_start": datetime.now(),
            "result": "The customer did not appear.",
        })
        with self.assertRaises(AccessError), self.cr.savepoint():
            hearing.with_user(self.collector).result = "Another"
        hearing.state = "cancelled"
        self.assertFalse(event.exists())

    def test_opinions_stay_as_they_were_given(self):
        action = self._action()
        consultation = self.env["collection.legal.consultation"].with_user(self.collector)
        with self.assertRaisesRegex(ValidationError, "who was asked"), self.cr.savepoint():
            consultation.create({"action_id": action.id, "question": "?"})
        asked = consultation.create(
            {"action_id": action.id, "question": "?", "counsel_id": self.manager2.id}
        )
        self.assertEqual(asked.state, "asked")
        asked.write({"opinion": "Yes", "date_opinion": self.today, "recommendation": "proceed"})
        self.assertEqual(asked.state, "answered")
        for change in (lambda: asked.write({"opinion": "No"}), asked.with_user(
                self.manager).unlink):
            with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                change()

    def test_files_are_read_by_who_reads_the_action(self):
        action = self._action()
        file = self.env["ir.attachment"].with_user(self.collector).create(
            {"name": "contract.pdf", "raw": b"x", "res_model": "collection.legal.document"}
        )
        paper = self.env["collection.legal.document"].with_user(self.collector).create({
            "action_id": action.id, "name": "Contract",
            "attachment_ids": [Command.set(file.ids)],
        })
        self.assertEqual(file.res_id, paper.id)
        self.assertEqual(file.with_user(self.manager).raw, b"x")
        with self.assertRaises(AccessError):
            file.with_user(self.other_collector).read(["raw"])

    def test_roles(self):
        action = self._filed()
        annexes = (
            self.env["collection.legal.document"].create({"action_id": action.id, "name": "D"}),
            self.env["collection.legal.cost"].create({"action_id": action.id, "amount": 1}),
            action.check_ids[0], action.consultation_ids[0],
            self.env["collection.legal.hearing"].create(
                {"action_id": action.id, "date_start": datetime.now()}
            ),
        )
        for user, reads in [
            (self.collector, True), (self.manager, True), (self.finance, True),
            (self.other_collector, False), (self.sales, False),
        ]:
            for record in (action, *annexes):
                with self.subTest(user=user.login, model=record._name):
                    self.assertEqual(record.with_user(user).has_access("read"), reads)
        for record in (action, *annexes):
            self.assertFalse(record.with_user(self.sales).has_access("read"))
            self.assertEqual(record.with_user(self.finance).has_access("write"),
                             record._name == "collection.legal.cost")
            self.assertFalse(record.with_user(self.collector).has_access("unlink"))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._action(self.finance)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._action(self.other_collector)

    def test_internal_counsel_sees_what_they_are_asked(self):
        action = self._action(internal_counsel_id=self.other_collector.id)
        self.assertTrue(action.with_user(self.other_collector).has_access("read"))
        self.assertFalse(self.case.with_user(self.other_collector).has_access("read"))
        self.assertTrue(action.with_user(self.other_collector).check_ids.mapped("answer"))

    def test_other_company_sees_nothing(self):
        other = self.setup_other_company()["company"]
        action = self._filed()
        for role in ("manager", "collector", "finance"):
            user = self._role_user(f"law_abroad_{role}", role, other)
            for record in (action, action.check_ids, action.consultation_ids):
                with self.subTest(role=role, model=record._name):
                    self.assertFalse(record.with_user(user).search_count([]))
