import io
from datetime import date, timedelta

from openpyxl import load_workbook
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .charge_common import ChargeCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCharge(ChargeCommon):
    """Charges from the request to the debit note."""

    def test_statutes_up_to_the_debit_note(self):
        sme = self._terms("cn_sme")
        for terms, changes, currency, amount, due, as_of, interest, fee in [
            ("eu", {}, "EUR", 10000, "2025-06-30", "2025-09-30", 255.84, 40),
            ("eu", {"day_base": "360"}, "EUR", 10000, "2025-06-30", "2025-09-30", 259.39, 40),
            ("eu", {}, "EUR", 20000, "2025-05-31", "2025-08-31", 528.11, 40),
            ("uk", {}, "GBP", 5000, "2025-05-01", "2025-09-30", 265.48, 70),
            ("cn_sale", {}, "CNY", 100000, "2025-04-30", "2025-12-31", 3121.23, 0),
            ("cn_sale_low", {}, "CNY", 100000, "2025-04-30", "2025-12-31", 2705.07, 0),
            (sme, {}, "CNY", 100000, "2025-06-30", "2025-12-31", 9200, 0),
        ]:
            with self.subTest(terms=terms, due=due, **changes):
                self._use_terms(terms, **changes)
                move = self._invoice(due, amount, currency)
                case = self._case(date.fromisoformat(as_of))
                charge = self._charge(case, as_of, self._receivable(move))
                debit_note = self._post(charge)
                self.assertRecordValues(charge, [{
                    "state": "posted", "amount_interest": interest, "amount_fee": fee,
                    "requested_by_id": self.collector.id, "approved_by_id": self.manager.id,
                    "posted_by_id": self.finance.id,
                }])
                self.assertRecordValues(debit_note, [{
                    "state": "posted", "move_type": "out_invoice", "journal_id": self.journal.id,
                    "amount_total": interest + fee, "is_collection_charge": True,
                    "currency_id": self.env.ref(f"base.{currency}").id,
                    "partner_id": self.customer.id, "create_uid": self.finance.id,
                }])
                self.assertEqual(debit_note.invoice_line_ids.account_id, self.income)
                self.assertIn(move.name, debit_note.ref)

    def test_words_of_the_debit_note(self):
        self._use_terms("eu")
        move = self._invoice("2025-05-31", 20000, "EUR")
        charge = self._charge(self._case(), "2025-08-31")
        interest, fee = self._post(charge).invoice_line_ids
        self.assertEqual(interest.name.splitlines(), [
            f"Interest on late payment of {move.name}, due 05/31/2025: 92 days",
            "06/01/2025 to 06/30/2025: 30 days of 365 at 11.15 % a year on 20,000.00\xa0€"
            " = 183.29\xa0€",
            "07/01/2025 to 08/31/2025: 62 days of 365 at 10.15 % a year on 20,000.00\xa0€"
            " = 344.82\xa0€",
        ])
        self.assertEqual(fee.name, f"Fee for late payment of {move.name}, due 05/31/2025")
        for document, title in [(interest.move_id, "Debit Note"), (move, "Invoice")]:
            html, _type = self.env["ir.actions.report"]._render_qweb_html(
                "account.report_invoice", document.ids
            )
            self.assertEqual("Debit Note" in html.decode(), title == "Debit Note")

    def test_segments_are_frozen(self):
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500)
        self._pay_on(move, "2025-07-10", 18250)
        charge = self._charge(self._case(), "2025-07-20")
        charge.action_request()
        self.assertRecordValues(charge.segment_ids, [
            {"date_from": date(2025, 7, 1), "date_to": date(2025, 7, 10), "days": 10,
             "principal": 36500, "rate": 10, "base": 365, "interest": 100},
            {"date_from": date(2025, 7, 11), "date_to": date(2025, 7, 20), "days": 10,
             "principal": 18250, "rate": 10, "base": 365, "interest": 50},
        ])
        self._terms("fixed").rate = 99
        self.assertEqual(charge.amount_total, 150)
        for vals in ({"date_to": "2025-07-31"}, {"item_ids": [Command.clear()]}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                charge.write(vals)
        for record in (charge.line_ids, charge.segment_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).write({"interest": 1})

    def test_what_changed_since_is_not_posted(self):
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-20")
        self._approve(charge)
        self._pay_on(move, "2025-07-10", 18250)
        with self.assertRaisesRegex(UserError, "have changed since"), self.cr.savepoint():
            charge.with_user(self.finance).action_post()
        move.line_ids.remove_move_reconcile()
        charge.with_user(self.finance).action_post()
        self.assertEqual(charge.state, "posted")

    def test_no_day_twice(self):
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        self._invoice("2025-06-30", 36500)
        case = self._case()
        first = self._charge(case, "2025-07-10")
        self._post(first)
        self.assertEqual(first.amount_total, 140)
        again = self._charge(case, "2025-07-10")
        self.assertFalse(again.line_ids)
        with self.assertRaisesRegex(UserError, "nothing to charge"), self.cr.savepoint():
            again.action_request()
        second = self._charge(case, "2025-07-31")
        self._post(second)
        self.assertRecordValues(second.line_ids, [{
            "date_from": date(2025, 7, 11), "date_to": date(2025, 7, 31), "days": 21,
            "interest": 210, "fee": 0,
        }])
        self.assertEqual(case.line_ids.collection_charged_to, date(2025, 7, 31))

    def test_memo_counts_what_is_not_posted(self):
        """What is asked for stays in the memo until it is posted, but is not asked for twice."""
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        item = case.line_ids
        charge = self._charge(case, "2025-07-10")
        charge.action_request()
        day = date(2025, 7, 31)
        self.assertEqual(item._get_collection_charges(day)[item.id]["interest"], 310)
        self.assertEqual(
            item._get_collection_charges(day, pending=True)[item.id]["interest"], 210
        )
        charge.with_user(self.manager).action_approve()
        charge.with_user(self.finance).action_post()
        self.assertEqual(item._get_collection_charges(day)[item.id]["interest"], 210)

    def test_two_drafts_of_the_same_days(self):
        """The second asks for what is left, and the database refuses anything else."""
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        self._invoice("2025-06-30", 36500)
        case = self._case()
        drafts = [self._charge(case, day) for day in ("2025-07-10", "2025-07-20", "2025-07-15")]
        drafts[0].action_request()
        for vals in ({}, {"fee": 0, "fee_key": False}, {"date_from": False}):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"):
                with self.assertRaises(IntegrityError):
                    # As in a transaction that cannot see the first one yet.
                    stale = drafts[2].sudo()
                    stale.line_ids.write(vals)
                    stale.write({"state": "requested"})
        drafts[1].action_request()
        self.assertRecordValues(drafts[1].line_ids, [
            {"date_from": date(2025, 7, 11), "date_to": date(2025, 7, 20), "fee": 0},
        ])
        with self.assertRaisesRegex(UserError, "nothing to charge"), self.cr.savepoint():
            drafts[2].action_request()

    def test_taken_back_from_the_end(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        first = self._charge(case, "2025-07-10")
        self._approve(first)
        second = self._charge(case, "2025-07-20")
        second.action_request()
        with self.assertRaisesRegex(UserError, "Later days"), self.cr.savepoint():
            first.action_cancel()
        # The first can be posted although the second is waiting.
        first.with_user(self.finance).action_post()
        with self.assertRaisesRegex(UserError, "Later days"), self.cr.savepoint():
            first.with_user(self.finance).action_undo()
        second.action_cancel()
        first.with_user(self.finance).action_undo()
        self.assertEqual(self._charge(case, "2025-07-20").amount_total, 200)

    def test_undo(self):
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        self._invoice("2025-06-30", 36500)
        case = self._case()
        charge = self._charge(case, "2025-07-10")
        debit_note = self._post(charge)
        with self.assertRaises(AccessError):
            charge.with_user(self.manager).action_undo()
        charge.with_user(self.finance).action_undo()
        self.assertEqual(charge.state, "undone")
        self.assertEqual(debit_note.payment_state, "reversed")
        self.assertTrue(debit_note.reversal_move_ids.is_collection_charge)
        again = self._charge(case, "2025-07-10")
        self.assertEqual(again.amount_total, 140)
        self._post(again)

    def test_waive(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        charge = self._charge(case, "2025-07-10")
        debit_note = self._post(charge)
        with self.assertRaises(AccessError):
            charge.with_user(self.collector).action_waive()
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            charge.with_user(self.manager).action_waive()
        charge.with_user(self.manager).waive_reason = "Paid at once when called"
        charge.with_user(self.manager).action_waive()
        for user in (self.collector, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                charge.with_user(user).action_post_waiver()
        self.assertEqual(debit_note.payment_state, "not_paid")
        charge.with_user(self.finance).action_post_waiver()
        self.assertRecordValues(charge, [{"state": "waived", "waived_by_id": self.manager.id}])
        self.assertRecordValues(charge.refund_move_id, [{
            "move_type": "out_refund", "state": "posted", "amount_total": 100,
            "payment_state": "paid", "is_collection_charge": True,
        }])
        self.assertIn("Paid at once when called", charge.refund_move_id.ref)
        self.assertEqual(debit_note.payment_state, "reversed")
        # The days are let go: later ones are charged, these are not.
        self.assertEqual(self._charge(case, "2025-07-20").amount_total, 100)

    def _waive(self, charge, amount, reason="Goodwill"):
        manager = charge.with_user(self.manager)
        manager.write({"amount_to_waive": amount, "waive_reason": reason})
        manager.action_waive()
        charge.with_user(self.finance).action_post_waiver()

    def test_waive_a_part(self):
        """Part after part; the days stay charged, and taxes add up to the cent."""
        tax = self.company_data["default_tax_sale"]
        tax.amount = 7.5
        self.env.company.collection_charge_tax_ids = [Command.set(tax.ids)]
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        charge = self._charge(case, "2025-07-10")
        debit_note = self._post(charge)
        self.assertEqual(debit_note.amount_total, 107.5)
        self._waive(charge, 33.33, "Bank holiday")
        self.assertRecordValues(charge, [{
            "state": "posted", "amount_waived": 33.33, "amount_to_waive": 0,
            "waive_reason": False, "waived_by_id": self.manager.id,
        }])
        refund = charge.sudo().refund_move_ids
        self.assertIn("Bank holiday", refund.ref)
        self.assertRecordValues(refund, [{
            "move_type": "out_refund", "amount_untaxed": 33.33, "amount_tax": 2.5,
            "payment_state": "paid", "is_collection_charge": True,
            "reversed_entry_id": debit_note.id, "journal_id": self.journal.id,
        }])
        self.assertRecordValues(refund.invoice_line_ids, [{
            "account_id": self.income.id, "tax_ids": tax.ids,
        }])
        self.assertEqual(debit_note.amount_residual, 71.67)
        sheet = load_workbook(io.BytesIO(case._get_charges_xlsx(charge))).active
        self.assertIn(33.33, [cell.value for row in sheet.iter_rows() for cell in row])
        item = case.line_ids.filtered(lambda line: not line.move_id.is_collection_charge)
        self.assertEqual(item.collection_charged_to, date(2025, 7, 10))
        self._waive(charge, 33.33)
        self._waive(charge, 0)
        self.assertRecordValues(charge, [{"state": "waived", "amount_waived": 100}])
        self.assertRecordValues(debit_note, [{"amount_residual": 0}])
        self.assertEqual(sum(debit_note.reversal_move_ids.mapped("amount_total")), 107.5)
        self.assertEqual(self._charge(case, "2025-07-20", item).amount_total, 100)

    def test_waive_a_part_of_what_is_open(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        debit_note = self._post(charge)
        self._pay_on(debit_note, date.today(), 30)
        for amount, words in [(100.01, "100.00 are left"), (70.01, "70.00 at most")]:
            with self.subTest(amount), self.assertRaisesRegex(UserError, words):
                with self.cr.savepoint():
                    self._waive(charge, amount)
        self._waive(charge, 70)
        self.assertEqual(debit_note.amount_residual, 0)
        self.assertRecordValues(charge, [{"state": "posted", "amount_waived": 70}])

    def test_undo_after_a_part_was_waived(self):
        """Only what is left is credited, and all of the days can be charged again."""
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        items = case.line_ids
        charge = self._charge(case, "2025-07-10")
        debit_note = self._post(charge)
        self._waive(charge, 40)
        charge.with_user(self.finance).action_undo()
        self.assertEqual(charge.sudo().reversal_id.amount_total, 60)
        self.assertEqual(debit_note.amount_residual, 0)
        self.assertEqual(self._charge(case, "2025-07-10", items).amount_total, 100)

    def test_who_says_what_is_waived(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        charge = self._charge(case, "2025-07-10")
        for vals in ({"amount_to_waive": 10}, {"amount_waived": 10}, {"waive_reason": "Why not"}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                charge.with_user(self.manager).write(vals)
        self._post(charge)
        charge.with_user(self.manager).write({"amount_to_waive": 10, "waive_reason": "Goodwill"})
        charge.with_user(self.manager).action_waive()
        with self.assertRaisesRegex(UserError, "not changed any more"), self.cr.savepoint():
            charge.with_user(self.manager).amount_to_waive = 90
        with self.assertRaises(UserError), self.cr.savepoint():
            charge.with_user(self.manager).amount_waived = 90
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            charge.sudo().amount_to_waive = -1
            charge.flush_recordset()

    def test_credit_note_in_a_locked_period(self):
        """Another day is chosen, never taken silently; no day before the debit note."""
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        self._post(charge, "2025-08-10")
        charge.with_user(self.manager).write({"amount_to_waive": 10, "waive_reason": "Goodwill"})
        charge.with_user(self.manager).action_waive()
        finance = charge.with_user(self.finance)
        self.env.company.hard_lock_date = "2025-08-31"
        for day, words in [("2025-08-15", "09/01/2025 or later as “Reversal Date”"),
                           ("2099-01-01", "still to come")]:
            finance.date_undo = day
            with self.subTest(day), self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                finance.action_post_waiver()
        finance.date_undo = "2025-09-15"
        finance.action_post_waiver()
        self.assertEqual(charge.sudo().refund_move_ids.date, date(2025, 9, 15))
        self.assertEqual(charge.state, "posted")
        charge.sudo().date_undo = "2025-08-09"
        with self.assertRaises(UserError), self.cr.savepoint():
            finance.action_undo()

    def test_waive_what_is_paid(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        self._pay_on(self._post(charge), date.today(), 30)
        charge.with_user(self.manager).waive_reason = "Goodwill"
        with self.assertRaisesRegex(UserError, "paid, at least in part"), self.cr.savepoint():
            charge.with_user(self.manager).action_waive()
        self.assertEqual(charge.state, "posted")

    def test_not_waived_after_all(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        self._post(charge)
        charge.with_user(self.manager).waive_reason = "Goodwill"
        charge.with_user(self.manager).action_waive()
        charge.with_user(self.manager).action_keep()
        self.assertRecordValues(charge, [{"state": "posted", "waived_by_id": False}])

    def test_no_interest_on_charges(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        debit_note = self._post(self._charge(case, "2025-07-10"), "2025-07-15")
        self._classify()
        item = self._receivable(debit_note)
        self.assertEqual(item.collection_case_id, case)
        self.assertTrue(item.collection_tier_id)
        self.assertEqual(item._get_collection_charges(self.TODAY), {})
        accrued = case.line_ids._get_collection_charges(self.TODAY)
        self.assertEqual(sum(charge["total"] for charge in accrued.values()), 820)

    def test_next_invoice_is_not_booked_as_charge(self):
        """Odoo proposes the account a customer's lines are on most often: no charges count."""
        self._use_terms("fixed")
        revenue = self._invoice("2025-06-30", 36500).invoice_line_ids.account_id
        case = self._case()
        item = case.line_ids
        for day in ("2025-07-10", "2025-07-20"):
            self._post(self._charge(case, day, item))
        self.assertEqual(self._invoice("2025-08-31").invoice_line_ids.account_id, revenue)
        # Where sales are booked on the same account, it is proposed as ever.
        self.company_data["default_journal_sale"].default_account_id = self.income
        self._post(self._charge(case, "2025-07-30", item))
        self.assertEqual(self._invoice("2025-08-31").invoice_line_ids.account_id, self.income)

    def test_minimum(self):
        self._use_terms("fixed", amount_minimum=50)
        self._invoice("2025-06-30", 36500)
        case = self._case()
        charge = self._charge(case, "2025-07-04")
        self.assertFalse(charge.line_ids)
        self.assertIn("Less than the minimum", charge.left_out)
        self.assertEqual(self._charge(case, "2025-07-05").amount_total, 50)

    def test_locked_period(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        self._approve(charge)
        self.env.company.sale_lock_date = "2025-07-31"
        finance = charge.with_user(self.finance)
        finance.date = "2025-07-15"
        with self.assertRaisesRegex(UserError, "08/01/2025"), self.cr.savepoint():
            finance.action_post()
        self.assertRecordValues(charge, [{"state": "approved", "move_id": False}])
        finance.date = "2025-08-01"
        finance.action_post()
        self.assertEqual(charge.sudo().move_id.date, date(2025, 8, 1))

    def test_settings_are_asked_for(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        self._approve(charge)
        for name, label in [
            ("collection_charge_journal_id", "Late Charge Journal"),
            ("collection_charge_account_id", "Late Charge Income"),
        ]:
            with self.subTest(name), self.cr.savepoint() as savepoint:
                self.env.company[name] = False
                with self.assertRaisesRegex(UserError, label):
                    charge.with_user(self.finance).action_post()
                savepoint.rollback()

    def test_tax_product_and_terms_of_payment(self):
        tax = self.company_data["default_tax_sale"]
        self.env.company.write({
            "collection_charge_tax_ids": [Command.set(tax.ids)],
            "collection_charge_product_id": self.product_a.id,
            "collection_charge_payment_term_id": self.pay_terms_a.id,
        })
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        debit_note = self._post(self._charge(self._case(), "2025-07-10"), "2025-07-31")
        self.assertEqual(debit_note.amount_untaxed, 100)
        self.assertEqual(debit_note.amount_tax, tax.amount)
        self.assertRecordValues(debit_note.invoice_line_ids, [{
            "product_id": self.product_a.id, "account_id": self.income.id, "price_unit": 100,
        }])
        self.env.company.collection_charge_tax_ids = False
        debit_note = self._post(self._charge(debit_note.env["collection.case"].search([
            ("partner_id", "=", self.customer.id)]), "2025-07-20",
            self._receivable(self.env["account.move"].search([
                ("partner_id", "=", self.customer.id), ("is_collection_charge", "=", False)]))),
            "2025-07-31")
        self.assertEqual(debit_note.amount_total, 100)

    def test_button_of_the_case(self):
        """One draft for each currency; pressed again, the same ones."""
        case = self._invoice("2025-06-30", 36500) and self._case()
        with self.assertRaisesRegex(UserError, "No terms"), self.cr.savepoint():
            case.with_user(self.collector).action_charge_late_interest()
        self._use_terms("fixed")
        self._invoice("2025-06-30", 3650, "EUR")
        self._case()
        for _press in range(2):
            action = case.with_user(self.collector).action_charge_late_interest()
            self.assertEqual(action["res_model"], "collection.charge")
        today = self.env.company._get_collection_today()
        days = (today - date(2025, 6, 30)).days
        self.assertRecordValues(case.charge_ids.sorted("amount_total"), [
            {"currency_id": self.env.ref("base.EUR").id, "amount_total": days,
             "date_to": today, "state": "draft"},
            {"currency_id": self.env.company.currency_id.id, "amount_total": 10 * days,
             "date_to": today, "state": "draft"},
        ])
        self.assertEqual(case.charge_count, 2)

    def test_paid_late_and_closed(self):
        """What was paid late is charged although the case is closed by then."""
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500)
        case = self._case()
        self._pay_on(move, "2025-07-10", 36500)
        self.assertTrue(case.is_closed)
        charges = case.with_user(self.collector)._do_charge(self.TODAY)
        self.assertEqual(charges.amount_total, 100)

    def test_not_in_the_future(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        tomorrow = self.env.company._get_collection_today() + timedelta(days=1)
        charge = self._charge(self._case(), tomorrow)
        with self.assertRaisesRegex(UserError, "still to come"), self.cr.savepoint():
            charge.action_request()

    def test_items_of_the_case_alone(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        strange = self._receivable(self._invoice("2025-06-30", partner=self.partner_a))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._charge(case, "2025-07-10", case.line_ids | strange)
        with self.assertRaisesRegex(UserError, "no item of"), self.cr.savepoint():
            self._charge(case, "2025-07-10").with_user(self.manager).item_ids |= strange
        with self.assertRaisesRegex(UserError, "in EUR"), self.cr.savepoint():
            self._charge(case, "2025-07-10", currency=self.env.ref("base.EUR"))

    def test_only_drafts_are_deleted(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        draft = self._charge(case, "2025-07-10")
        draft.unlink()
        charge = self._charge(case, "2025-07-10")
        charge.action_request()
        with self.assertRaises(UserError), self.cr.savepoint():
            charge.unlink()
        charge.action_redraft()
        charge.action_cancel()
        self.assertEqual(self._charge(case, "2025-07-10").amount_total, 100)

    def test_whose_turn_it_is(self):
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        case = self._case()
        case.manager_id = self.manager
        self.env.company.collection_policy_id.finance_user_id = self.finance
        charge = self._charge(case, "2025-07-10")
        self.assertFalse(charge.activity_ids)
        charge.action_request()
        self.assertEqual(charge.activity_ids.user_id, self.manager)
        charge.with_user(self.manager).action_approve()
        self.assertEqual(charge.activity_ids.user_id, self.finance)
        charge.with_user(self.finance).action_post()
        self.assertFalse(charge.activity_ids)

    def test_entries_that_a_charge_rests_on(self):
        """An accountant does not take the ground from under a charge."""
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        debit_note = self._post(charge)
        for method in ("button_draft", "button_cancel"):
            with self.subTest(method), self.assertRaisesRegex(UserError, "rests on this entry"):
                getattr(debit_note, method)()
        charge.with_user(self.finance).action_undo()
        debit_note.button_draft()
        self.assertEqual(debit_note.state, "draft")

    def test_letters_say_what_has_accrued(self):
        self._use_terms("fixed")
        move = self._invoice("2025-06-30", 36500)
        self._case()
        # A manager's letter need not belong to a case.
        letter = self.env["collection.letter"].create(
            {"partner_id": self.customer.id, "kind": "dunning"}
        )
        days = (letter.date - date(2025, 6, 30)).days
        self.assertRecordValues(letter.line_ids, [{
            "number": move.name, "amount_charge": 10 * days, "charge_per_day": 10,
        }])

    def test_letters_take_no_charge_on_charges(self):
        """A debit note that is overdue itself is claimed, and nothing on top of it."""
        self._use_terms("fixed", fee_ids=[Command.create({"amount": 40})])
        self._invoice("2025-06-30", 36500)
        case = self._case()
        debit_note = self._post(self._charge(case, "2025-07-10"), "2025-07-15")
        self._classify()
        letter = self.env["collection.letter"].create({"case_id": case.id, "kind": "final"})
        line = letter.line_ids.filtered(lambda line: line.number == debit_note.name)
        self.assertRecordValues(line, [{
            "amount_open": 140, "amount_charge": 0, "charge_per_day": 0, "amount_claimed": 140,
        }])
        self.assertTrue(sum((letter.line_ids - line).mapped("amount_charge")))
        account = self.customer._get_collection_statement(
            date(2025, 6, 1), self.TODAY, self.env.company
        )[self.customer.id][0]
        self.assertEqual(account["closing"], 36640)
        self.assertEqual(account["charges"]["interest"], 820)

    def test_analytic_accounts(self):
        """What Odoo distributes of the customer's invoices, it does of debit notes as well."""
        plan = self.env["account.analytic.plan"].create({"name": "Regions"})
        account = self.env["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create({
            "partner_id": self.customer.id, "analytic_distribution": {account.id: 100},
        })
        self._use_terms("fixed")
        self._invoice("2025-06-30", 36500)
        charge = self._charge(self._case(), "2025-07-10")
        debit_note = self._post(charge)
        self._waive(charge, 40)
        for move in debit_note | charge.sudo().refund_move_ids:
            with self.subTest(move=move.move_type):
                self.assertEqual(
                    move.invoice_line_ids.analytic_distribution, {str(account.id): 100}
                )
