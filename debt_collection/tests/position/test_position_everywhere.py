from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .position_common import PositionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestPositionEverywhere(PositionCommon):
    """Each screen, letter, mail and page says what the position says, as its own user sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = False
        cls.buyer = cls.env["res.partner"].create({
            "name": "Dorn", "is_company": True, "email": "dorn@customer.example",
            "street": "1 Long Road", "city": "Bristol",
        })

    def _get_buyer_case(self, user=None):
        self._classify()
        case = self.env["collection.case"]._get_open(self.buyer, self.company)
        return case.with_user(user or self.collector)

    def _get_letter(self, case, kind="dunning"):
        return self.env["collection.letter"].with_user(self.collector).create({
            "case_id": case.id, "kind": kind,
        })

    def _get_run(self, kind="dunning"):
        run = self.env["collection.letter.run"].create({
            "company_id": self.company.id, "kind": kind, "date": self.TODAY,
        })
        lines = run._prepare_lines(self._get_buyer_case(self.env.user))
        return lines[0]

    def _add_opening_balance(self, amount, days, partner=None):
        """An item of a miscellaneous entry, without a due date."""
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        move = self.env["account.move"].create({
            "date": self.TODAY - timedelta(days=days),
            "line_ids": [
                Command.create({
                    "account_id": self.buyer.property_account_receivable_id.id,
                    "partner_id": (partner or self.buyer).id, "debit": amount,
                }),
                Command.create({"account_id": equity.id, "credit": amount}),
            ],
        })
        move.action_post()
        return move

    def test_an_item_without_due_date_is_due_on_its_entry_date_everywhere(self):
        move = self._add_opening_balance(500.0, 40)
        item = move.line_ids.filtered("debit")
        item.date_maturity = False
        case = self._get_buyer_case()
        due = self.TODAY - timedelta(days=40)
        self.assertEqual(item.collection_date_due, due)
        writeoff = self.env["collection.writeoff"].create({
            "case_id": case.id, "reason_id": self.statute.id,
        })
        self.assertEqual(writeoff.line_ids.mapped("date_due"), [due])
        self.env["collection.case"]._run_night(self.company, self.TODAY)
        limitation = self.env["collection.limitation"].search([("line_id", "=", item.id)])
        self.assertEqual(limitation.mapped("date_due"), [due] if limitation else [])
        for view in ("debt_collection.collection_case_view_form",
                     "debt_collection.collection_dispute_view_form",
                     "debt_collection.collection_legal_action_view_form",
                     "debt_collection.collection_credit_match_view_form"):
            with self.subTest(view=view):
                self.assertIn("collection_date_due", self.env.ref(view).arch_db)

    def test_a_mother_company_writes_off_its_own_debts_only(self):
        self.buyer.country_id = self.env.ref("base.uk")
        daughter = self.env["res.partner"].create({
            "name": "Daughter of Dorn", "is_company": True, "parent_id": self.buyer.id,
        })
        own = self._overdue_invoice(40, 100.0, partner=self.buyer)
        self._overdue_invoice(40, 70.0, partner=daughter)
        self._classify()
        writeoff = self.env["collection.writeoff"].create({
            "partner_id": self.buyer.id, "reason_id": self.statute.id,
        })
        self.assertEqual(writeoff.line_ids.document_id, own)

    # A customer who owes euros promises, plans, is called and written to in euros.

    def test_foreign_customer_is_spoken_to_in_its_currency(self):
        self._in_euro(45, 18900.0, partner=self.buyer)
        case = self._get_buyer_case()
        self.assertEqual(case.amount_overdue, 23625.0)  # company currency ranks and totals
        activity = self.env["collection.activity"].with_user(self.collector).new({
            "case_id": case.id, "method": "phone", "outcome": "promised",
        })
        activity._onchange_outcome()
        self.assertEqual(activity.promise_currency_id, self.euro)
        self.assertEqual(activity.amount_promised, 18900.0)
        promise = self.env["collection.promise"].with_user(self.collector).create({
            "case_id": case.id, "amount": 18900.0,
            "date_promised": self.TODAY + timedelta(days=3),
        })
        self.assertRecordValues(promise, [{"currency_id": self.euro.id, "warning": False}])
        self.assertEqual(case.amount_to_collect, 0.0)
        promise.action_cancel()
        plan = self.env["collection.plan"].with_user(self.collector).create({
            "case_id": case.id, "date_first": self.TODAY,
        })
        self.assertRecordValues(plan, [{"currency_id": self.euro.id, "amount": 18900.0}])
        letter = self._get_letter(case)
        self.assertRecordValues(letter.total_ids, [
            {"currency_id": self.euro.id, "amount_total": 18900.0},
        ])
        letter.with_user(self.manager).action_approve()
        self.assertIn("18,900.00", letter.body)
        self.assertNotIn("23,625", letter.body)
        self.assertIn("18,900.00", case._describe_asked())
        desk = self.env["collection.desk"].with_user(self.collector)
        figures = desk.get_case(case.id)["figures"]
        self.assertIn("18,900.00", figures["net_text"])
        self.assertEqual(figures["meant"], 18900.0)

    def test_totals_are_in_company_currency(self):
        """What is promised and planned in euros is added up at the rate it is booked at."""
        self._in_euro(45, 400.0, partner=self.buyer)
        case = self._get_buyer_case()
        promise = self.env["collection.promise"].with_user(self.collector).create({
            "case_id": case.id, "amount": 80.0, "date_promised": self.TODAY,
        })
        self.assertEqual(promise.amount_company, 100.0)
        cases = self.env["collection.case"].with_user(self.collector)
        figures = cases._get_progress_promises([("id", "=", case.id)], self.TODAY)
        self.assertEqual(figures, {"count": 1, "amount": 100.0})
        agreements = self.env["collection.cash.forecast"].sudo()._read_agreements(
            self.company, self.TODAY
        )
        self.assertEqual(
            [row[1] for row in agreements["promises"] if row[0] == self.buyer.id], [100.0]
        )
        forecast = self.env["collection.cash.forecast"].search([("case_id", "=", case.id)])
        self.assertEqual(sorted(forecast.mapped("amount")), [100.0, 400.0])
        promise.action_cancel()
        plan = self.env["collection.plan"].create({
            "case_id": case.id, "date_first": self.TODAY, "count": 4,
        })
        plan.action_generate()
        plan._set_state("performing", date_accepted=self.TODAY)
        self.env.flush_all()
        agreements = self.env["collection.cash.forecast"].sudo()._read_agreements(
            self.company, self.TODAY
        )
        [amounts] = [row[3] for row in agreements["plans"] if row[0] == plan.id]
        self.assertEqual(amounts, [125.0] * 4)
        forecast = self.env["collection.cash.forecast"].search([("plan_id", "=", plan.id)])
        self.assertEqual(forecast.mapped("amount"), [125.0] * 4)

    def test_foreign_customer_promises_on_the_page_in_its_currency(self):
        self._in_euro(45, 18900.0, partner=self.buyer)
        case_sudo = self._get_buyer_case().sudo()
        values = case_sudo._get_portal_values()
        self.assertEqual(
            (values["promise_currency"], values["promise_amount"]), (self.euro, 18900.0)
        )
        request_model = self.env["collection.portal.request"]
        with self.assertRaises(ValidationError):
            request_model._enter(
                case_sudo, self.buyer, "promise", amount=18900.01, date_wanted=self.TODAY
            )
        entry = request_model._enter(
            case_sudo, self.buyer, "promise", amount=18900.0, date_wanted=self.TODAY
        )
        self.assertEqual(entry.currency_id, self.euro)
        # The database's clock is not the test's.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_portal_request SET create_date = %s WHERE id = %s",
            (f"{self.TODAY} 10:00:00", entry.id),
        )
        self.env.invalidate_all()
        entry.with_user(self.collector).action_accept()
        self.assertRecordValues(case_sudo.promise_ids, [
            {"amount": 18900.0, "currency_id": self.euro.id, "state": "open"},
        ])
        page = self.env["ir.qweb"]._render("debt_collection.portal_collection_messages", {
            **case_sudo._get_portal_values(), "error": False, "sent": False,
        })
        self.assertIn("18,900.00", str(page))
        self.assertIn("€", str(page))

    def test_warnings_of_promises_and_plans(self):
        self._in_euro(45, 100.0, partner=self.buyer)
        case = self._get_buyer_case()
        promise = self.env["collection.promise"].with_user(self.collector).create({
            "case_id": case.id, "amount": 100.01, "date_promised": self.TODAY,
        })
        self.assertIn("100.01", promise.warning)
        self.assertIn("100.00", promise.warning)
        plan_model = self.env["collection.plan"].with_user(self.collector)
        for vals in ({"amount": 100.01}, {"date_first": self.TODAY - timedelta(days=1)}):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                plan_model.create({"case_id": case.id, "date_first": self.TODAY, **vals})

    # A credit is taken off once, in its own currency, and called a credit.

    def test_credits_are_taken_off_once_on_the_desk(self):
        self._overdue_invoice(45, 1000.0, partner=self.buyer)
        self._in_euro(5, 300.0, "out_refund", self.buyer, currency=self.company.currency_id)
        case = self._get_buyer_case()
        figures = self.env["collection.desk"].with_user(self.collector).get_case(case.id)["figures"]
        self.assertEqual((figures["overdue"], figures["net"]), (1000.0, 700.0))
        self.assertEqual((figures["net"], figures["meant"]), (700.0, 700.0))
        self.assertIn("700.00", figures["net_text"])
        self.assertIn("300.00", figures["credits_text"])

    def test_letters_mails_and_pages_ask_for_no_covered_currency(self):
        self._overdue_invoice(45, 1000.0, partner=self.buyer)
        self._in_euro(45, 100.0, partner=self.buyer)
        self._in_euro(20, 300.0, "out_refund", self.buyer)
        case = self._get_buyer_case()
        dollars = self.company.currency_id
        letter = self._get_letter(case)
        self.assertRecordValues(letter.total_ids, [
            {"currency_id": dollars.id, "amount_total": 1000.0},
        ])
        self.assertEqual(letter.amount_total, 1000.0)
        line = self._get_run()
        self.assertEqual(line["amount"], letter.amount_total)
        self.assertEqual(case._get_asked(), [(dollars, 1000.0)])
        [(currency, rows, asked)] = case._get_open_invoices()
        self.assertEqual((currency, asked, len(rows)), (dollars, 1000.0, 1))
        pay = {due["currency"]: due["to_pay"] for due in case.sudo()._get_portal_values()["due"]}
        self.assertEqual(pay, {dollars: 1000.0, self.euro: 0.0})
        statement = self._get_letter(case, "statement")
        total = statement.total_ids.filtered(lambda total: total.currency_id == self.euro)
        self.assertEqual(total.amount_total, -200.0)
        self.assertIn("in your favour", total.amount_words)

    def test_mails_take_off_what_is_disputed_or_agreed(self):
        invoice = self._overdue_invoice(45, 1000.0, partner=self.buyer)
        case = self._get_buyer_case()
        self.env["collection.dispute"].create({
            "case_id": case.id, "reason": "x", "amount": 400.0,
            "line_ids": [Command.set(self._receivable(invoice).ids)],
        })
        [(_currency, rows, asked)] = case._get_open_invoices()
        self.assertEqual([row["amount"] for row in rows], [1000.0, -400.0])
        self.assertEqual(asked, 600.0)
        self.assertIn("600.00", case._describe_asked())
        mail = self.env.ref("debt_collection.mail_template_reminder")._render_field(
            "body_html", case.ids, compute_lang=True
        )[case.id]
        self.assertIn("600.00", mail)
        subject = self.env.ref("debt_collection.mail_template_reminder")._render_field(
            "subject", case.ids
        )[case.id]
        self.assertIn("600.00", subject)

    def test_statement_says_what_is_to_be_paid(self):
        self._overdue_invoice(45, 1000.0, partner=self.buyer)
        self._overdue_invoice(-10, 500.0, partner=self.buyer)
        self._in_euro(5, 300.0, "out_refund", self.buyer, currency=self.company.currency_id)
        self._get_buyer_case()
        [account] = self.buyer._get_collection_statement(
            self.TODAY - timedelta(days=90), self.TODAY, self.company
        )[self.buyer.id]
        self.assertEqual(account["closing"], 1200.0)
        self.assertEqual(
            {key: account["position"][key] for key in ("overdue", "credit", "to_collect")},
            {"overdue": 1000.0, "credit": 300.0, "to_collect": 700.0},
        )
        [past] = self.buyer._get_collection_statement(
            self.TODAY - timedelta(days=90), self.TODAY - timedelta(days=1), self.company
        )[self.buyer.id]
        self.assertIsNone(past["position"])
        sheet = self.buyer._get_collection_statement_xlsx(
            self.TODAY - timedelta(days=90), self.TODAY, self.company
        )
        self.assertTrue(sheet)

    # The chase follows what is left to collect.

    def test_the_chase_follows_what_is_left(self):
        self._overdue_invoice(70, 400.0, partner=self.buyer)
        newer = self._overdue_invoice(10, 300.0, partner=self.buyer)
        case = self._get_buyer_case(self.env.user)
        basis = case._get_chase_basis(self.company)[case.id]
        self.assertEqual(basis["tier_code"], "severe")
        credit = self._in_euro(
            5, 400.0, "out_refund", self.buyer, currency=self.company.currency_id
        )
        basis = case._get_chase_basis(self.company)[case.id]
        self.assertEqual(basis["tier_code"], "mild")
        self.assertEqual(basis["date_due"], self._receivable(newer).date_maturity)
        credit.button_draft()
        self.assertEqual(case._get_chase_basis(self.company)[case.id]["tier_code"], "severe")

    def test_nothing_to_collect_says_what_to_do(self):
        self._overdue_invoice(20, 1000.0, partner=self.buyer)
        self._in_euro(5, 1200.0, "out_refund", self.buyer, currency=self.company.currency_id)
        case = self._get_buyer_case(self.env.user)
        for days in range(12):
            self.env["collection.case"]._run_night(
                self.company, self.TODAY + timedelta(days=days)
            )
        self.assertFalse(case.case_step_ids)
        self.assertEqual(
            case.activity_ids.mapped("summary"), ["Match credits, refund the rest"]
        )
        for what in ("dunning", "email", "sms"):
            with self.subTest(channel=what):
                self.assertTrue(case._get_send_blocks(what, self.TODAY))

    # An item without a due date is due on its entry's date, for every reader.

    def test_item_without_due_date(self):
        self._overdue_invoice(45, 100.0, partner=self.buyer)
        move = self._add_opening_balance(250.0, 100)
        item = self._receivable(move)
        self.assertFalse(item.date_maturity)
        case = self._get_buyer_case()
        self.assertEqual(case.amount_overdue, 350.0)
        self.assertEqual(item.collection_tier_id.code, "severe")
        [(_currency, rows, asked)] = case._get_open_invoices()
        self.assertEqual([row["date_due"] for row in rows][0], move.date)
        self.assertEqual(asked, 350.0)
        self.assertEqual(case.sudo()._get_portal_values()["due"][0]["to_pay"], 350.0)
        desk = self.env["collection.desk"].with_user(self.collector).get_case(case.id)
        self.assertEqual(desk["invoices"][0]["days"], 100)
        for kind in ("dunning", "final", "statement"):
            with self.subTest(kind=kind):
                letter = self._get_letter(case, kind)
                self.assertIn(item, letter.sudo().line_ids.move_line_id)
        ageing = self.env["account.move.line"]._get_collection_ageing(self.TODAY, self.company)
        row = next(row for row in ageing if row["line_id"] == item.id)
        self.assertEqual((row["days_overdue"], row["tier_code"]), (100, "severe"))
        forecast = self.env["collection.cash.forecast"].search([("move_id", "=", move.id)])
        self.assertEqual(forecast.date_due, move.date)
        promise = self.env["collection.promise"].create({
            "case_id": case.id, "amount": 350.0, "date_promised": self.TODAY,
        })
        self.assertEqual(promise.amount_owed, 350.0)

    # Dates ahead: an invoice that is not there yet, a payment that is to come.

    def test_invoice_dated_in_the_future(self):
        self._overdue_invoice(45, 100.0, partner=self.buyer)
        future = self._overdue_invoice(
            5, 900.0, partner=self.buyer, invoice_date=self.TODAY + timedelta(days=3)
        )
        item = self._receivable(future)
        item.date_maturity = self.TODAY - timedelta(days=5)
        case = self._get_buyer_case()
        self.assertEqual(case.amount_overdue, 100.0)
        self.assertFalse(item.collection_tier_id)
        self.assertEqual(item.collection_days_overdue, 0)
        overdue = self.env["account.move.line"].search([
            ("partner_id", "=", self.buyer.id), ("collection_days_overdue", ">", 0),
        ])
        self.assertNotIn(item, overdue)
        self.assertTrue(overdue)
        self.assertNotIn(item, self._get_letter(case).sudo().line_ids.move_line_id)
        self.assertEqual(case.sudo()._get_portal_values()["due"][0]["to_pay"], 100.0)
        report = self.env["collection.ageing.report"].search([
            ("partner_id", "=", self.buyer.id),
        ])
        self.assertEqual(report.mapped("amount"), [100.0])
        later = self.TODAY + timedelta(days=3)
        self._classify(later)
        self.assertEqual(item.collection_tier_id.code, "mild")

    def test_post_dated_payment(self):
        invoice = self._overdue_invoice(45, 100.0, partner=self.buyer)
        self._overdue_invoice(40, 70.0, partner=self.buyer)
        case = self._get_buyer_case()
        later = self.TODAY + timedelta(days=10)
        payment = self._pay(invoice, amount=30.0, payment_date=later)
        self.assertEqual(case.amount_overdue, 140.0)  # matched: settled at once, as in Odoo
        self._receivable(invoice).remove_move_reconcile()
        if payment.move_id:
            self.assertRecordValues(case, [{
                "amount_overdue": 170.0, "amount_on_its_way": 30.0, "amount_to_collect": 140.0,
            }])
        self._assert_anew()

    def test_rest_worth_nothing_in_company_currency(self):
        tiny = self._in_euro(45, 0.01, partner=self.buyer)
        item = self._receivable(tiny)
        self.env["res.currency.rate"].search([("currency_id", "=", self.euro.id)]).rate = 10.0
        other = self._in_euro(45, 0.01, partner=self.buyer)
        self.assertEqual(self._receivable(other).balance, 0.0)
        case = self._get_buyer_case()
        self.assertEqual(case.line_ids, item)
        self.assertEqual(self._get_letter(case).sudo().line_ids.move_line_id, item)

    # What Odoo sets on miscellaneous journals is nobody's wish; what a person excludes is.

    def test_opening_balances_and_the_question_about_them(self):
        move = self._add_opening_balance(5000.0, 100)
        item = self._receivable(move)
        self.assertTrue(item.no_followup)
        self.assertEqual(self._get_buyer_case().amount_overdue, 5000.0)
        panel = self.env["onboarding.onboarding"].with_user(self.manager)
        self.assertFalse(panel.get_collection_panel()["misc"])
        self.env["res.company"]._take_over_exclusions()
        words = panel.get_collection_panel()["misc"]
        self.assertIn("1", words)
        self.assertIn("5,000.00", words)
        self.assertFalse(
            self.env["onboarding.onboarding"].with_user(self.collector)
            .get_collection_panel()["misc"]
        )
        panel.answer_collection_misc(False)
        self.assertFalse(self.company.collection_chase_misc)
        self.assertFalse(panel.get_collection_panel()["misc"])
        self._classify()
        self.assertFalse(item.collection_tier_id)
        ageing = self.env["account.move.line"]._get_collection_ageing(self.TODAY, self.company)
        self.assertIn(item.id, [row["line_id"] for row in ageing])
        self.company.collection_chase_misc = True
        self._classify()
        self.assertTrue(item.collection_tier_id)

    def test_what_people_excluded_before_stays_excluded(self):
        invoice = self._overdue_invoice(45, 100.0, partner=self.buyer)
        item = self._receivable(invoice)
        item.no_followup = True
        item.collection_excluded = False  # as it was before the add-on came
        self.env["res.company"]._take_over_exclusions()
        self.assertTrue(item.collection_excluded)
        self._classify()
        self.assertFalse(item.collection_tier_id)

    # What moves to another customer takes its debt, not the other's dispute.

    def test_moved_contact_takes_its_debt_along(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.buyer.id})
        own = self._overdue_invoice(45, 1000.0, partner=self.buyer)
        moved = self._add_opening_balance(600.0, 40, clerk)
        case = self._get_buyer_case(self.env.user)
        self.assertEqual(case.amount_overdue, 1600.0)
        self.env["collection.dispute"].create({
            "case_id": case.id, "reason": "x", "amount": 1300.0,
            "line_ids": [Command.set(self._receivable(own + moved).ids)],
        })
        clerk.parent_id = other
        self._classify()
        new = self.env["collection.case"]._get_open(other, self.company)
        self.assertRecordValues(case + new, [
            {"amount_overdue": 1000.0, "amount_disputed": 1000.0, "amount_to_collect": 0.0},
            {"amount_overdue": 600.0, "amount_disputed": 0.0, "amount_to_collect": 600.0},
        ])
        letter = self._get_letter(new)
        self.assertEqual(letter.amount_total, 600.0)
