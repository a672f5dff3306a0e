from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..posting.accounting_common import CollectionAccountingCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionWriteoff(CollectionAccountingCommon):
    """Write-offs from the case to the books and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._overdue_invoice(100, 1000.0)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.item = cls._receivable(cls.invoice)

    def test_entry_settles_the_item_at_once(self):
        writeoff = self._posted(self._writeoff(self.invoice))
        self.assertRecordValues(writeoff, [{
            "state": "posted", "amount": 1000.0, "amount_expense": 1000.0, "amount_allowance": 0.0,
            "requested_by_id": self.collector.id, "approved_by_id": self.manager.id,
            "posted_by_id": self.finance.id, "is_unmatched": False,
        }])
        self.assertRecordValues(writeoff.move_id.line_ids.sorted("balance"), [
            {"account_id": self.item.account_id.id, "balance": -1000.0, "reconciled": True,
             "partner_id": self.partner_a.id},
            {"account_id": self.company.collection_bad_debt_account_id.id, "balance": 1000.0,
             "reconciled": False, "partner_id": False},
        ])
        self.assertEqual(writeoff.move_id.move_type, "entry")
        self.assertEqual(writeoff.move_id.journal_id, self.company.collection_journal_id)
        self.assertEqual(writeoff.move_id.date, self.TODAY)
        self.assertRecordValues(self.item, [{
            "reconciled": True, "amount_residual": 0.0, "collection_tier_id": False,
        }])
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertRecordValues(self.case, [{
            "stage": "closed", "close_reason": "written_off", "amount_overdue": 0.0,
            "amount_written_off": 1000.0,
        }])
        self.assertFalse(self.env["account.move.line"]._get_collection_ageing(
            self.TODAY, self.company, self.partner_a))
        self.assertFalse(self.env["account.move"].search([
            ("move_type", "=", "out_refund"), ("partner_id", "=", self.partner_a.id)]))

    def test_part_leaves_the_rest_overdue(self):
        writeoff = self._posted(self._writeoff(self.invoice, {self.item: 400.0}))
        self.assertEqual(writeoff.amount, 400.0)
        self.assertEqual(self.item.amount_residual, 600.0)
        self.assertEqual(self.invoice.payment_state, "partial")
        self.assertRecordValues(self.case, [
            {"stage": "new", "close_reason": False, "amount_overdue": 600.0}
        ])
        self.assertEqual(self.item.collection_tier_id.code, "severe")
        self._pay(self.invoice)
        self.assertRecordValues(self.case, [{"stage": "closed", "close_reason": "paid"}])

    def test_last_settlement_says_how_the_case_ended(self):
        self._pay(self.invoice, amount=900.0)
        self._posted(self._writeoff(self.invoice))
        self.assertEqual(self.case.close_reason, "written_off")

    def test_allowance_first(self):
        """Of 1,000 with 300 set aside, 300 are taken from the allowance and 700 cost money."""
        other = self._overdue_invoice(80, 500.0)
        self._classify()
        allowances = {self.item.id: 300.0, self._receivable(other).id: 800.0}

        def get_allowance(lines, as_of=None):
            return {line_id: amount for line_id, amount in allowances.items()
                    if line_id in lines.ids}

        self.patch(
            self.env.registry["account.move.line"], "_get_collection_allowance", get_allowance
        )
        writeoff = self._posted(self._writeoff(self.invoice + other))
        self.assertRecordValues(writeoff.line_ids.sorted("amount"), [
            {"amount": 500.0, "amount_allowance": 500.0, "amount_expense": 0.0},
            {"amount": 1000.0, "amount_allowance": 300.0, "amount_expense": 700.0},
        ])
        self.assertEqual(self._balance(self.company.collection_allowance_account_id), 800.0)
        self.assertEqual(self._balance(self.company.collection_bad_debt_account_id), 700.0)

    def test_tax_relief(self):
        tax = self.company_data["default_tax_sale"]
        invoice = self._overdue_invoice(90, invoice_line_ids=[
            Command.create({"name": "Goods", "price_unit": 1000.0, "tax_ids": tax.ids}),
        ])
        self._classify()
        item = self._receivable(invoice)
        self.assertEqual(item.balance, 1150.0)
        for amount, parts in [(575.0, (75.0, 500.0)), (575.0, (75.0, 500.0))]:
            writeoff = self._posted(
                self._writeoff(invoice, {item: amount}, is_tax_relief=True)
            )
            self.assertEqual((writeoff.amount_tax, writeoff.amount_expense), parts)
        self.assertEqual(self._balance(self.company.collection_vat_relief_account_id), 150.0)
        self.assertTrue(item.reconciled)

    def test_tax_relief_is_proposed_where_the_law_gives_it(self):
        """By country, days overdue, tax and account: proposed or not, and what is said of it."""
        tax = self.company_data["default_tax_sale"]
        account = self.company.collection_vat_relief_account_id
        for country, days, taxed, has_account, proposed, words in [
            ("uk", 200, True, True, True, "Not done by itself"),
            ("uk", 200, True, False, False, "Set Up Accounts"),
            ("uk", 200, False, True, False, False),
            ("uk", 100, True, True, False, "is given back from"),
            ("de", 5, True, True, True, "§ 17"),
            ("cn", 400, True, True, False, "gives no tax back"),
            ("us", 400, True, True, False, "ask your tax adviser"),
        ]:
            with self.subTest(country=country, days=days, taxed=taxed), \
                    self.cr.savepoint() as savepoint:
                self.company.collection_vat_relief_account_id = has_account and account
                invoice = self._overdue_invoice(days, invoice_line_ids=[Command.create({
                    "name": "Goods", "price_unit": 1000.0,
                    "tax_ids": tax.ids if taxed else [],
                })])
                self._classify()
                # Afterwards: Odoo takes no invoice with another country's tax.
                self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")
                writeoff = self._writeoff(invoice)
                self.assertEqual(writeoff.is_tax_relief, proposed)
                if words:
                    self.assertIn(words, writeoff.tax_relief_note)
                else:
                    self.assertFalse(writeoff.tax_relief_note)
                # Whoever asks for it decides, and what was decided stays.
                writeoff.with_user(self.collector).is_tax_relief = False
                self.assertNotIn("Not done by itself", writeoff.tax_relief_note or "")
                savepoint.rollback()

    def _cash_basis_invoice(self):
        """1,000 and 150 of tax that falls due when the customer pays; its waiting account."""
        waiting, due = self.env["account.account"].create([
            {"name": "Tax That Waits", "code": "X2100", "account_type": "liability_current",
             "reconcile": True},
            {"name": "Tax Due", "code": "X2101", "account_type": "liability_current"},
        ])
        self.company.tax_exigibility = True
        tax = self.company_data["default_tax_sale"].copy({
            "name": "Cash basis", "tax_exigibility": "on_payment",
            "cash_basis_transition_account_id": waiting.id,
        })
        tax.invoice_repartition_line_ids.filtered(
            lambda line: line.repartition_type == "tax"
        ).account_id = due
        invoice = self._overdue_invoice(90, invoice_line_ids=[
            Command.create({"name": "Goods", "price_unit": 1000.0, "tax_ids": tax.ids}),
        ])
        self._classify()
        self.assertEqual(self._balance(waiting), -150.0)
        return invoice, waiting, due

    def test_tax_that_waits_for_the_payment_never_falls_due(self):
        """Under a cash-basis tax a write-off is no payment; what is paid makes its tax due."""
        # Nothing paid, paid in part before, or after: the amount, and whether before.
        for paid, is_before in ((0, True), (460.0, True), (460.0, False)):
            with self.subTest(paid=paid, before=is_before), self.cr.savepoint() as savepoint:
                invoice, waiting, due = self._cash_basis_invoice()
                item = self._receivable(invoice)
                if paid and is_before:
                    self._pay(invoice, amount=paid)
                writeoff = self._posted(self._writeoff(invoice, {item: 1150.0 - paid}))
                if paid and not is_before:
                    self.assertEqual(self._balance(due), 0.0)
                    self._pay(invoice, amount=paid)
                self.assertTrue(item.reconciled)
                net, tax = (1000.0, 150.0) if not paid else (600.0, 90.0)
                self.assertRecordValues(writeoff, [{
                    "amount_expense": net, "amount_tax_suspended": tax, "amount_tax": 0.0,
                }])
                self.assertEqual(self._balance(due), tax - 150.0)
                self.assertEqual(self._balance(waiting), 0.0)
                self.assertEqual(
                    self._balance(self.company.collection_bad_debt_account_id), net
                )
                savepoint.rollback()
            self.env.invalidate_all()

    def test_undone_and_recovered_write_off_of_a_tax_that_waits(self):
        invoice, waiting, due = self._cash_basis_invoice()
        writeoff = self._posted(self._writeoff(invoice))
        writeoff.with_user(self.finance).action_undo()
        self.assertEqual((self._balance(waiting), self._balance(due)), (-150.0, 0.0))
        self.assertEqual(self._receivable(invoice).amount_residual, 1150.0)
        writeoff = self._posted(self._writeoff(invoice))
        self.assertEqual((self._balance(waiting), self._balance(due)), (0.0, 0.0))
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": invoice.partner_id.id, "amount": 230.0,
            "payment_method_line_id": self.inbound_payment_method_line.id,
        })
        payment.action_post()
        recovery = self.env["collection.recovery"].with_user(self.finance).create({
            "partner_id": invoice.partner_id.id,
            "credit_id": self._receivable(payment.move_id).id,
            "line_ids": [Command.create({
                "writeoff_line_id": writeoff.line_ids.id, "amount": 230.0,
            })],
        })
        self._posted(recovery)
        self.assertEqual(self._balance(due), -30.0)
        self.assertEqual(self._balance(self.company.collection_recovery_account_id), -200.0)

    def test_foreign_item_leaves_no_exchange_difference(self):
        currency = self.setup_other_currency(
            "EUR", rates=[("2024-01-01", 3.0), ("2025-09-10", 2.0)]
        )
        invoice = self._overdue_invoice(100, 1000.0, currency_id=currency.id)
        self._classify()
        item = self._receivable(invoice)
        self.assertEqual(item.balance, 333.33)
        first = self._posted(self._writeoff(invoice, {item: 333.33}))
        self.assertEqual(first.amount, 111.11)
        self.assertRecordValues(
            item, [{"amount_residual": 222.22, "amount_residual_currency": 666.67}]
        )
        second = self._posted(self._writeoff(invoice))
        self.assertEqual(second.amount, 222.22)
        self.assertTrue(item.reconciled)
        self.assertFalse(item.matched_credit_ids.exchange_move_id)
        credit = second.line_ids.move_line_id
        self.assertRecordValues(credit, [{
            "currency_id": currency.id, "amount_currency": -666.67, "balance": -222.22,
        }])

    def test_two_people(self):
        writeoff = self._writeoff(self.invoice)
        for user in (self.manager, self.finance):
            with self.subTest(user=user.login), self.assertRaises(UserError), self.cr.savepoint():
                writeoff.with_user(user).action_post()
        writeoff.action_request()
        for user, error in [
            (self.collector, AccessError), (self.finance, AccessError),
        ]:
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                writeoff.with_user(user).action_approve()
        with self.assertRaises(UserError), self.cr.savepoint():
            writeoff.with_user(self.finance).action_post()
        writeoff.with_user(self.manager).action_approve()
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                writeoff.with_user(user).action_post()
        self.assertFalse(writeoff.move_id)
        writeoff.with_user(self.finance).action_post()
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                writeoff.with_user(user).action_undo()

    def test_who_asks_does_not_approve(self):
        own = self._writeoff(self.invoice, user=self.manager)
        own.action_request()
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.action_approve()
        own.with_user(self.manager2).action_approve()
        self.assertEqual(own.state, "approved")

    def test_second_manager_above_the_limit(self):
        for limit, state in [(1000.0, "approved"), (999.99, "requested")]:
            with self.subTest(limit=limit), self.cr.savepoint() as savepoint:
                self.company.collection_writeoff_limit = limit
                writeoff = self._writeoff(self.invoice)
                writeoff.action_request()
                writeoff.with_user(self.manager).action_approve()
                self.assertEqual(writeoff.state, state)
                if state == "requested":
                    with self.assertRaisesRegex(UserError, "already"), self.cr.savepoint():
                        writeoff.with_user(self.manager).action_approve()
                    writeoff.with_user(self.manager2).action_approve()
                    self.assertRecordValues(writeoff, [{
                        "state": "approved", "approved_by_id": self.manager.id,
                        "second_approved_by_id": self.manager2.id,
                    }])
                savepoint.rollback()

    def test_strangers_change_nothing(self):
        plain = new_test_user(self.env, "wo_plain", groups="base.group_user",
                              company_id=self.company.id, company_ids=[self.company.id])
        sales = self._role_user("wo_sales", "sales")
        stranger = self._role_user("wo_stranger", "collector")
        elsewhere = self._role_user(
            "wo_elsewhere", "manager", self._create_company(name="Elsewhere")
        )
        writeoff = self._writeoff(self.invoice)
        writeoff.action_request()
        for user in (plain, sales, stranger, elsewhere):
            for method in ("action_approve", "action_post", "action_undo", "action_cancel",
                           "action_redraft"):
                with self.subTest(user=user.login, method=method), self.assertRaises(
                    AccessError
                ), self.cr.savepoint():
                    getattr(writeoff.with_user(user), method)()
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                self._writeoff(self.invoice, user=user)
        self.assertEqual(writeoff.state, "requested")
        self.assertEqual(self.item.amount_residual, 1000.0)

    def test_what_was_asked_for_is_frozen(self):
        writeoff = self._writeoff(self.invoice)
        line = writeoff.line_ids
        for record, vals in [
            (writeoff, {"state": "posted"}), (writeoff, {"approved_by_id": self.manager.id}),
            (writeoff, {"move_id": self.invoice.id}), (line, {"amount_company": 1.0}),
        ]:
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                record.write(vals)
        writeoff.action_request()
        for record, vals in [
            (writeoff, {"reason_id": self.uneconomic.id}), (line, {"amount": 1.0}),
            (writeoff, {"line_ids": [Command.delete(line.id)]}),
            (writeoff, {"line_ids": [Command.create({"item_id": self.item.id, "amount": 1.0})]}),
        ]:
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                record.write(vals)
        writeoff.action_redraft()
        self.assertRecordValues(writeoff, [{"state": "draft", "approved_by_id": False}])
        line.amount = 10.0
        writeoff.action_request()
        writeoff.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            writeoff.with_user(self.manager).action_redraft()
        writeoff.with_user(self.finance).action_post()
        for record, vals in [(writeoff, {"date": self.TODAY}), (line, {"amount": 1.0})]:
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                record.with_user(self.manager).write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            writeoff.with_user(self.manager).unlink()

    def test_refused_with_a_reason(self):
        writeoff = self._writeoff(self.invoice)
        writeoff.action_request()
        with self.assertRaisesRegex(UserError, "Write down why"), self.cr.savepoint():
            writeoff.with_user(self.manager).action_refuse()
        writeoff.with_user(self.manager).refuse_reason = "They will pay."
        writeoff.with_user(self.manager).action_refuse()
        self.assertEqual(writeoff.state, "refused")
        with self.assertRaises(UserError), self.cr.savepoint():
            writeoff.with_user(self.finance).action_post()

    def test_evidence_and_words(self):
        writeoff = self._writeoff(self.invoice, reason_id=self.insolvency.id)
        with self.assertRaisesRegex(UserError, "Attach the evidence"), self.cr.savepoint():
            writeoff.action_request()
        writeoff.attachment_ids = self.env["ir.attachment"].with_user(self.collector).create(
            {"name": "order.pdf", "raw": b"%PDF"}
        )
        writeoff.action_request()
        self.assertEqual(writeoff.with_user(self.manager).attachment_ids.raw, b"%PDF")
        other = self._writeoff(
            self._overdue_invoice(90), user=self.manager, case=self.case.browse(),
            reason_id=self.env.ref("debt_collection.writeoff_reason_other").id,
        )
        with self.assertRaisesRegex(UserError, "Explain"), self.cr.savepoint():
            other.action_request()

    def test_same_amount_once_only(self):
        """Two requests, a double press, and money that came in between."""
        first = self._writeoff(self.invoice, {self.item: 700.0})
        second = self._writeoff(self.invoice, {self.item: 400.0}, user=self.manager2)
        first.action_request()
        with self.assertRaisesRegex(UserError, "300.00"), self.cr.savepoint():
            second.action_request()
        first.with_user(self.manager).action_approve()
        first.with_user(self.finance).action_post()
        with self.assertRaises(UserError), self.cr.savepoint():
            first.with_user(self.finance).action_post()
        self.assertEqual(self.item.amount_residual, 300.0)
        second.line_ids.amount = 300.0
        self._approved(second)
        self._pay(self.invoice, amount=100.0)
        with self.assertRaisesRegex(UserError, "200.00"), self.cr.savepoint():
            second.with_user(self.finance).action_post()
        self.assertEqual(second.state, "approved")
        self.assertEqual(self.item.amount_residual, 200.0)

    def test_items_of_the_customer_only(self):
        other = self._overdue_invoice(90, partner=self.partner_b)
        refund = self.env["account.move"].create({
            "move_type": "out_refund", "partner_id": self.partner_a.id,
            "invoice_date": self.TODAY,
            "invoice_line_ids": [Command.create({"price_unit": 50.0, "tax_ids": []})],
        })
        refund.action_post()
        for moves, error in [(other, "no debt of"), (refund, "cannot be written off")]:
            writeoff = self._writeoff(self.invoice, user=self.manager)
            writeoff.line_ids.item_id = self._receivable(moves)
            with self.subTest(moves=moves), self.assertRaisesRegex(
                UserError, error
            ), self.cr.savepoint():
                writeoff.action_request()
        empty = self._writeoff(self.invoice)
        empty.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "no items"), self.cr.savepoint():
            empty.action_request()

    def test_undo_opens_the_item_at_its_true_age(self):
        writeoff = self._posted(self._writeoff(self.invoice))
        writeoff.with_user(self.finance).action_undo()
        self.assertRecordValues(writeoff, [
            {"state": "undone", "undone_by_id": self.finance.id}
        ])
        self.assertEqual(writeoff.reversal_id.reversed_entry_id, writeoff.move_id)
        self.assertTrue(all(
            line.reconciled for line in (writeoff.move_id + writeoff.reversal_id).line_ids
            if line.account_id.reconcile
        ))
        self.assertRecordValues(self.item, [{
            "reconciled": False, "amount_residual": 1000.0, "collection_days_overdue": 100,
        }])
        self.assertEqual(self.item.collection_tier_id.code, "severe")
        self.assertEqual(self.invoice.payment_state, "not_paid")
        case = self.item.collection_case_id
        self.assertFalse(case.is_closed)
        self.assertEqual(case.amount_overdue, 1000.0)
        for name in ("collection_bad_debt_account_id", "collection_allowance_account_id"):
            self.assertEqual(self._balance(self.company[name]), 0.0)
        with self.assertRaises(UserError), self.cr.savepoint():
            writeoff.with_user(self.finance).action_undo()
        self._posted(self._writeoff(self.invoice))
        self.assertTrue(self.item.reconciled)

    def test_locked_period(self):
        """Never silently on another day: the error names the first open one."""
        writeoff = self._writeoff(
            self.invoice, user=self.manager2, date=self.TODAY - timedelta(days=40)
        ).with_user(self.env.user)
        self._approved(writeoff)
        self.company.fiscalyear_lock_date = self.TODAY - timedelta(days=30)
        with self.assertRaisesRegex(UserError, "09/01/2025 or later"), self.cr.savepoint():
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(self.item.amount_residual, 1000.0)
        writeoff.with_user(self.finance).date = self.TODAY + timedelta(days=1)
        with self.assertRaisesRegex(UserError, "still to come"), self.cr.savepoint():
            writeoff.with_user(self.finance).action_post()
        writeoff.with_user(self.finance).date = self.TODAY - timedelta(days=29)
        writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.move_id.date, self.TODAY - timedelta(days=29))
        self.company.fiscalyear_lock_date = self.TODAY - timedelta(days=20)
        writeoff.with_user(self.finance).date_undo = self.TODAY - timedelta(days=25)
        with self.assertRaisesRegex(UserError, "locked"), self.cr.savepoint():
            writeoff.with_user(self.finance).action_undo()
        self.assertTrue(self.item.reconciled)
        writeoff.with_user(self.finance).date_undo = self.TODAY - timedelta(days=5)
        writeoff.with_user(self.finance).action_undo()
        self.assertEqual(writeoff.reversal_id.date, self.TODAY - timedelta(days=5))

    def test_entry_is_undone_where_it_came_from(self):
        writeoff = self._posted(self._writeoff(self.invoice))
        with self.assertRaisesRegex(UserError, "undo it there"), self.cr.savepoint():
            writeoff.move_id.button_draft()
        self.item.remove_move_reconcile()
        writeoff.invalidate_recordset(["is_unmatched"])
        self.assertTrue(writeoff.is_unmatched)
        writeoff.with_user(self.finance).action_undo()
        self.assertEqual(self.item.amount_residual, 1000.0)
        self.assertEqual(self._balance(self.company.collection_bad_debt_account_id), 0.0)

    def test_account_missing(self):
        self.company.collection_bad_debt_account_id = False
        writeoff = self._approved(self._writeoff(self.invoice))
        with self.assertRaisesRegex(UserError, "Choose “Bad Debt Expense”"), self.cr.savepoint():
            writeoff.with_user(self.finance).action_post()
        self.assertEqual(writeoff.state, "approved")

    def test_case_proposes_what_is_open(self):
        part = self._overdue_invoice(50, 300.0)
        self._classify()
        action = self.case.with_user(self.collector).action_write_off()
        writeoff = self.env["collection.writeoff"].with_user(self.collector).with_context(
            **action["context"]
        ).create({"reason_id": self.statute.id})
        self.assertEqual(writeoff.line_ids.item_id, self.item + self._receivable(part))
        self.assertEqual(writeoff.amount, 1300.0)
        writeoff.action_request()
        again = self.env["collection.writeoff"].with_user(self.manager).create({
            "case_id": self.case.id, "reason_id": self.statute.id,
        })
        self.assertFalse(again.line_ids, "what is asked for already is not proposed again")
        self.assertEqual(again.partner_id, self.partner_a)

    def test_chosen_items_of_one_customer(self):
        other = self._overdue_invoice(90, partner=self.partner_b)
        items = self.item + self._receivable(other)
        with self.assertRaisesRegex(UserError, "one customer"):
            items.action_collection_write_off()
        context = self.item.action_collection_write_off()["context"]
        self.assertEqual(context["default_case_id"], self.case.id)

    def test_second_company(self):
        company = self._create_company(name="Second")
        self._choose_accounts(company)
        finance = self._role_user("wo_finance2", "finance", company)
        collector = self._role_user("wo_collector2", "collector", company)
        manager = self._role_user("wo_manager3", "manager", company)
        company.collection_policy_id.user_id = collector
        invoice = self._overdue_invoice(70, 250.0, company=company)
        self._classify(companies=company)
        writeoff = self._writeoff(invoice, user=collector)
        writeoff.action_request()
        for user in (self.manager, self.finance):
            with self.subTest(user=user.login), self.assertRaises(AccessError), self.cr.savepoint():
                writeoff.with_user(user).action_approve()
        writeoff.with_user(manager).action_approve()
        writeoff.with_user(finance).action_post()
        self.assertEqual(writeoff.move_id.company_id, company)
        self.assertEqual(writeoff.move_id.line_ids.company_id, company)
        self.assertTrue(self._receivable(invoice).reconciled)
        self.assertFalse(
            self.env["collection.writeoff"].with_user(self.finance).search(
                [("company_id", "=", company.id)]
            )
        )

    def test_to_dos_follow_the_request(self):
        writeoff = self._writeoff(self.invoice)
        writeoff.action_request()
        self.assertEqual(writeoff.activity_ids.user_id, self.manager)
        writeoff.with_user(self.manager).action_approve()
        self.assertEqual(writeoff.activity_ids.user_id, self.finance)
        writeoff.with_user(self.finance).action_post()
        self.assertFalse(writeoff.activity_ids)

    def test_write_off_is_no_cash(self):
        span = [(1, self.case.line_ids.ids, self.TODAY - timedelta(days=1), self.TODAY)]
        self._posted(self._writeoff(self.invoice, {self.item: 400.0}))
        self.assertFalse(self.env["collection.cash"]._get_received(span))
        self._pay(self.invoice, amount=100.0)
        self.assertEqual(self.env["collection.cash"]._get_received(span), {1: 100.0})
