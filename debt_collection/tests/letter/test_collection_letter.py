from datetime import date, timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .letter_common import LetterCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetter(LetterCommon):
    """Letters are right to the cent, frozen when approved, and approved by the right people."""

    def test_draft_is_taken_from_the_ledger(self):
        first = self._overdue_invoice(34, 1000.0, ref="PO 77")
        second = self._overdue_invoice(5, 250.5)
        self._overdue_invoice(-10, 999.0)
        self._pay(first, amount=400.0)
        letter = self._letter()
        self.assertRecordValues(letter.line_ids, [
            {"number": first.name, "reference": "PO 77", "date_due": date(2025, 8, 27),
             "days_overdue": 34, "amount": 1000.0, "amount_paid": 400.0, "amount_open": 600.0,
             "amount_claimed": 600.0},
            {"number": second.name, "reference": False, "date_due": date(2025, 9, 25),
             "days_overdue": 5, "amount": 250.5, "amount_paid": 0.0, "amount_open": 250.5,
             "amount_claimed": 250.5},
        ])
        self.assertRecordValues(letter, [{
            "state": "draft", "amount_total": 850.5, "partner_name": self.partner_a.name,
            "date": self.TODAY, "date_deadline": date(2025, 10, 10), "channel": "email",
            "drafted_by_id": self.collector.id, "user_id": self.collector.id,
            "template_id": self.env.ref("debt_collection.letter_template_dunning_formal").id,
        }])
        total = letter.total_ids
        self.assertEqual(total.amount_total, 850.5)
        self.assertEqual(
            total.amount_words, self.company.currency_id.amount_to_text(850.5)
        )
        self.assertIn("GB33 BUKB", total.bank_text.replace("GB33BUKB", "GB33 BUKB"))
        self.assertIn("850.50", letter.preview)
        self.assertNotIn("{", letter.preview)

    def test_currencies_have_totals_of_their_own(self):
        self._overdue_invoice(10, 100.0)
        euro = self.setup_other_currency("EUR")
        self._overdue_invoice(10, 300.0, currency_id=euro.id)
        letter = self._letter()
        self.assertEqual(len(letter.total_ids), 2)
        totals = {total.currency_id: total.amount_total for total in letter.total_ids}
        self.assertEqual(totals, {self.company.currency_id: 100.0, euro: 300.0})
        booked = sum(letter.line_ids.mapped("move_line_id.amount_residual"))
        self.assertEqual(letter.amount_total, booked)

    def test_deadline_by_kind(self):
        self._overdue_invoice(10)
        for kind, days in [("reminder", 7), ("dunning", 10), ("final", 7), ("statement", 10)]:
            with self.subTest(kind=kind):
                letter = self._letter(kind)
                self.assertEqual(letter.date_deadline, self.TODAY + timedelta(days=days))
        self.company.collection_deadline_dunning = 21
        self.assertEqual(self._letter().date_deadline, self.TODAY + timedelta(days=21))
        self.env.ref("debt_collection.letter_template_dunning").deadline_days = 5
        self.assertEqual(self._letter().date_deadline, self.TODAY + timedelta(days=5))

    def test_approval_freezes(self):
        invoice = self._overdue_invoice(10, 100.0)
        letter = self._approved()
        self.assertRegex(letter.name, r"^L/2025/\d{5}$")
        self.assertEqual(letter.approved_by_id, self.collector)
        self.assertIn("100.00", letter.body)
        self.assertNotIn("{", letter.body)
        self.assertEqual(len(letter.pdf_checksum), 64)
        body = letter.body
        self.partner_a.name = "Renamed Ltd"
        self.company.collection_deadline_dunning = 99
        self._pay(invoice, amount=60.0)
        self.assertRecordValues(letter, [{
            "partner_name": "partner_a", "body": body, "amount_total": 100.0,
            "date_deadline": date(2025, 10, 10),
        }])
        for vals in ({"body": "x"}, {"date_deadline": date(2026, 1, 1)},
                     {"line_ids": [Command.clear()]}, {"kind": "final"},
                     {"case_id": False}):
            for user in (self.collector, self.manager, self.env.ref("base.user_root")):
                with self.subTest(vals=vals, user=user.login), self.assertRaises(UserError):
                    letter.with_user(user).write(vals)
        with self.assertRaises(UserError):
            letter.sudo().line_ids.amount_open = 1.0
        with self.assertRaises(UserError):
            letter.sudo().total_ids.unlink()
        with self.assertRaises(UserError):
            letter.sudo().pdf_attachment_id.raw = b"other"
        with self.assertRaises(UserError):
            letter.sudo().pdf_attachment_id.unlink()
        with self.assertRaises(UserError):
            letter.sudo().pdf_checksum = "0"
        with self.assertRaises(UserError):
            letter.unlink()

    def test_steps_are_written_by_buttons_alone(self):
        self._overdue_invoice(10)
        letter = self._letter()
        for vals in ({"state": "approved"}, {"approved_by_id": self.manager.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                letter.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self._letter(state="approved")

    def test_who_approves(self):
        self._overdue_invoice(10)
        for kind, by, error in [
            ("reminder", self.collector, None),
            ("dunning", self.collector, None),
            ("statement", self.collector, None),
            ("final", self.collector, AccessError),
            ("final", self.finance, AccessError),
            ("final", self.sales, AccessError),
            ("dunning", self.finance, AccessError),
            ("dunning", self.sales, AccessError),
            ("final", self.manager, None),
        ]:
            with self.subTest(kind=kind, by=by.login):
                letter = self._letter(kind)
                if error:
                    with self.assertRaises(error), self.cr.savepoint():
                        letter.with_user(by).action_approve()
                else:
                    letter.with_user(by).action_approve()
                    self.assertRecordValues(
                        letter, [{"state": "approved", "approved_by_id": by.id}]
                    )

    def test_final_notice_needs_a_second_person(self):
        self._overdue_invoice(10)
        own = self._letter("final", user=self.manager)
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            own.with_user(self.manager).action_approve()
        own.with_user(self.manager2).action_approve()
        self.assertEqual(own.state, "approved")
        letter = self._letter("final")
        letter.action_request()
        self.assertRecordValues(letter, [{
            "state": "draft", "requested_by_id": self.collector.id,
        }])
        self.assertEqual(letter.activity_ids.user_id, self.manager)
        # Who changes the words answers for them.
        letter.with_user(self.manager).body = "Pay {amount}."
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            letter.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "why"), self.cr.savepoint():
            letter.with_user(self.manager2).action_refuse()
        letter.with_user(self.manager2).refuse_reason = "Too harsh"
        letter.with_user(self.manager2).action_refuse()
        self.assertRecordValues(letter, [{"state": "draft", "requested_by_id": False}])
        self.assertEqual(letter.activity_ids.user_id, self.collector)

    def test_template_decides_who_approves(self):
        self._overdue_invoice(10)
        self.env.ref("debt_collection.letter_template_dunning").approval_by_other = True
        letter = self._letter()
        with self.assertRaises(AccessError), self.cr.savepoint():
            letter.action_approve()
        # From the list the manager is asked about what the collector may not approve.
        own = self._letter(kind="reminder")
        note = (letter | own).with_user(self.collector).action_approve_selected()
        self.assertIn("manager is asked", note["params"]["message"])
        self.assertRecordValues(letter | own, [
            {"state": "draft", "requested_by_id": self.collector.id},
            {"state": "approved", "requested_by_id": False},
        ])
        with self.assertRaisesRegex(ValidationError, "second person"), self.cr.savepoint():
            self.env["collection.letter.template"].create({
                "name": "L", "kind": "lawyer", "subject": "x", "body": "y",
                "approval_by_other": False,
            })

    def test_approval_takes_the_figures_of_the_day(self):
        paid = self._overdue_invoice(10, 100.0)
        self._overdue_invoice(10, 70.0)
        letter = self._letter()
        self.assertEqual(letter.amount_total, 170.0)
        self._pay(paid)
        letter.action_approve()
        self.assertRecordValues(letter, [{"state": "approved", "amount_total": 70.0}])
        self.assertIn("70.00", letter.body)

    def test_nothing_left_is_cancelled(self):
        keep = self._overdue_invoice(10, 100.0)
        letter = self._letter()
        self._overdue_invoice(10, 50.0, partner=self.partner_a)
        self._classify()
        self._pay(keep)
        result = letter.action_approve()
        self.assertEqual(result["tag"], "display_notification")
        self.assertRecordValues(letter, [{"state": "cancelled"}])
        self.assertTrue(letter.cancel_reason)

    def test_contested_and_planned_items_are_not_claimed(self):
        contested = self._overdue_invoice(20, 100.0)
        part = self._overdue_invoice(15, 200.0)
        self._overdue_invoice(10, 50.0)
        case = self._case()
        for invoice, amount in [(contested, 100.0), (part, 80.0)]:
            self.env["collection.dispute"].create({
                "case_id": case.id, "line_ids": self._receivable(invoice).ids,
                "amount": amount, "reason": "Damaged",
            })
        letter = self._letter(case=case)
        self.assertEqual(letter.line_ids.mapped("number"), [part.name] + [
            name for name in letter.line_ids.mapped("number") if name != part.name
        ])
        self.assertNotIn(contested.name, letter.line_ids.mapped("number"))
        self.assertRecordValues(letter.line_ids[0], [
            {"amount_open": 200.0, "amount_disputed": 80.0, "amount_claimed": 120.0},
        ])
        self.assertEqual(letter.amount_total, 170.0)
        statement = self._letter("statement", case=case)
        self.assertEqual(len(statement.line_ids), 3)

    def test_unapplied_credits_are_shown_and_deducted(self):
        """Unapplied payment ≥ debt: no letter; less: the letter shows it."""
        self._overdue_invoice(10, 100.0)
        for credit, state, total in [(30.0, "approved", 70.0), (70.0, "draft", 0.0)]:
            with self.subTest(credit=credit):
                self.env["account.payment"].create({
                    "payment_type": "inbound", "partner_type": "customer",
                    "partner_id": self.partner_a.id, "amount": credit, "date": self.TODAY,
                }).action_post()
                letter = self._letter()
                self.assertIn("unapplied credits", letter.ledger_note)
                self.assertEqual(letter.total_ids.amount_total, total)
                result = letter.action_approve()
                self.assertEqual(letter.state, state)
                if state == "draft":
                    self.assertIn("cover all", letter.hold_reason)
                    self.assertEqual(result["tag"], "display_notification")

    def test_policy_can_block_on_credits(self):
        self._overdue_invoice(10, 100.0)
        self.policy.letter_credit_guard = "block"
        self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer",
            "partner_id": self.partner_a.id, "amount": 10.0, "date": self.TODAY,
        }).action_post()
        letter = self._letter()
        letter.action_approve()
        self.assertEqual(letter.state, "draft")
        self.policy.letter_credit_guard = "warn"
        letter.action_approve()
        self.assertRecordValues(letter, [{"state": "approved", "hold_reason": False}])

    def test_unmatched_bank_lines_block(self):
        self._overdue_invoice(10, 100.0)
        self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id,
            "partner_id": self.partner_a.id, "amount": 100.0, "date": self.TODAY,
            "payment_ref": "their payment",
        })
        letter = self._letter()
        self.assertIn("Unreconciled receipts", letter.ledger_note)
        letter.action_approve()
        self.assertEqual(letter.state, "draft")
        self.policy.letter_bank_guard = "warn"
        letter.action_approve()
        self.assertEqual(letter.state, "approved")

    def test_placeholders_are_checked(self):
        template = self.env.ref("debt_collection.letter_template_dunning")
        with self.assertRaisesRegex(ValidationError, "ammount"), self.cr.savepoint():
            template.body = "Pay {ammount}"
        template.body = "Pay {amount}, <b>{customer}</b>"
        self.assertIn("&lt;b&gt;Example Ltd", template.preview)

    def test_template_by_kind_tier_and_company(self):
        template_model = self.env["collection.letter.template"]
        mild, moderate = (self.env.ref(f"debt_collection.tier_{code}")
                          for code in ("mild", "moderate"))
        ref = self.env.ref
        self.assertEqual(template_model._choose("dunning", mild, self.company),
                         ref("debt_collection.letter_template_dunning"))
        self.assertEqual(template_model._choose("dunning", moderate, self.company),
                         ref("debt_collection.letter_template_dunning_formal"))
        own = template_model.create({
            "name": "Own", "kind": "dunning", "company_id": self.company.id, "subject": "S",
            "body": "B", "sequence": 99,
        })
        self.assertEqual(template_model._choose("dunning", moderate, self.company), own)
        self.assertTrue(
            template_model._choose("reminder", mild, self.company, is_ahead=True).is_ahead
        )

    def test_country_in_the_language_of_the_letter(self):
        """Whoever writes it, and in whatever language they work."""
        self.env["res.lang"]._activate_lang("fr_FR")
        germany = self.env.ref("base.de")
        germany.with_context(lang="fr_FR").name = "Allemagne"
        self.partner_a.write({"country_id": germany.id, "lang": "fr_FR"})
        self._overdue_invoice(20, 100.0)
        letter = self._letter()
        self.assertEqual(letter.address.splitlines()[-1], "Allemagne")
        self.partner_a.lang = "en_US"
        letter.sudo().lang = "en_US"
        letter.with_user(self.manager).action_approve()
        self.assertEqual(letter.address.splitlines()[-1], "Germany")

    def test_yuan_in_capitals_for_a_chinese_customer(self):
        self._write_texts("zh_CN", "请支付{amount}。")
        cny = self.env.ref("base.CNY")
        cny.active = True
        self.partner_a.lang = "zh_CN"
        self._overdue_invoice(10, 16409.02, currency_id=cny.id)
        self._overdue_invoice(10, 50.0)
        letter = self._letter()
        self.assertEqual(letter.lang, "zh_CN")
        words = {total.currency_id: total.amount_words for total in letter.total_ids}
        self.assertEqual(words[cny], "人民币壹万陆仟肆佰零玖元零贰分")
        self.assertEqual(words[self.company.currency_id], "美元伍拾元整", "one language altogether")

    def test_contact_gets_it(self):
        person = self.env["res.partner"].create({
            "name": "Helen Price", "parent_id": self.partner_a.id, "type": "collection",
            "email": "helen@customer.example",
        })
        self._overdue_invoice(10)
        letter = self._letter()
        self.assertEqual(letter.contact_id, person)
        self.assertEqual(letter.address.splitlines()[:3],
                         ["partner_a", "Helen Price", "1 Long Road"])
        person.email = self.partner_a.email = False
        letter = self._letter()
        self.assertRecordValues(letter, [{"contact_id": self.partner_a.id, "channel": "post"}])

    def test_roles_and_companies(self):
        self._overdue_invoice(10)
        letter = self._approved()
        other = self._role_user("letter_other", "collector")
        for user in (other, self.sales):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                letter.with_user(user).read(["name"])
        portal = new_test_user(self.env, "letter_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            letter.with_user(portal).read(["name"])
        for user in (self.collector, self.manager, self.finance):
            with self.subTest(user=user.login):
                self.assertEqual(letter.with_user(user).line_ids.amount_open, 100.0)
                self.assertTrue(letter.with_user(user).preview)
        with self.assertRaises(AccessError), self.cr.savepoint():
            letter.with_user(self.finance).action_cancel()
        company2 = self.env["res.company"].create({"name": "Second"})
        foreign = self._role_user("letter_foreign", "manager", company2)
        with self.assertRaises(AccessError):
            letter.with_user(foreign).read(["name"])
        self.assertFalse(
            self.env["collection.letter.line"].with_user(foreign).search(
                [("letter_id", "=", letter.id)]
            )
        )

    def test_a_collector_needs_a_case(self):
        self._overdue_invoice(10)
        for partner in (self.partner_a, self.partner_b):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["collection.letter"].with_user(self.collector).create(
                    {"partner_id": partner.id, "kind": "statement"}
                )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._letter(partner_id=self.partner_b.id)

    def test_late_charges_of_an_item(self):
        item = self._receivable(self._overdue_invoice(10))
        [row] = self.env["collection.letter.line"]._read_items(item)
        for charge, amounts in [
            ({"total": 12.5, "per_day": 0.5}, (12.5, 0.5)),
            ({"total": 2.5, "per_day": 0.5, "is_below_minimum": True}, (0.0, 0.0)),
            ({"total": 0.0, "per_day": 0.0, "missing": "No rate"}, (0.0, 0.0)),
            ({}, (0.0, 0.0)),
        ]:
            with self.subTest(charge=charge):
                vals = self.env["collection.letter.line"]._prepare_line_vals(
                    row, self.TODAY, 0.0, {item.id: charge}
                )
                self.assertEqual((vals["amount_charge"], vals["charge_per_day"]), amounts)

    def test_printed_letter(self):
        invoice = self._overdue_invoice(10, 1234.56)
        letter = self._approved()
        html = self.env["ir.actions.report"]._render_qweb_html(
            "debt_collection.collection_letter_report", letter.ids
        )[0].decode()
        for text in ("partner_a", invoice.name, "1,234.56", letter.name, "GB33",
                     "In words", "10/10/2025", self.collector.name):
            self.assertIn(text, html)
        self.assertNotIn("Late Charges", html)
        self.assertEqual(html.count(letter.subject), 1)

    @mute_logger("odoo.sql_db")
    def test_one_letter_for_a_step(self):
        self._overdue_invoice(5)
        self._night()
        step = self._case().case_step_ids.filtered(lambda s: s.step_id.letter_kind == "dunning")
        self.assertEqual(len(step.letter_ids), 1)
        with self.assertRaises(UniqueViolation), self.cr.savepoint():
            step.letter_ids.sudo().copy({"case_step_id": step.id})
            self.env.flush_all()
