import time
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_common import LetterCommon

# The day is frozen in these tests, the stop watch is not.
REAL_TIME = time.perf_counter.__call__


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLetterRun(LetterCommon):
    """A run lists who gets a letter and who does not, each with the reason."""

    def _partner(self, name, **vals):
        return self.env["res.partner"].create({
            "name": name, "email": f"{name.lower()}@customer.example", "street": "1 Road",
            "is_company": True, **vals,
        })

    def _run(self, user=None, **vals):
        run = self.env["collection.letter.run"].with_user(user or self.collector).create(vals)
        run.action_preview()
        return run

    def test_exceptions_with_their_reasons(self):
        names = ("Good", "Mailless", "Placeless", "Small", "Held", "Credited", "Disputed",
                 "Recent", "Promised", "Banked", "Waiting")
        partners = {name: self._partner(name) for name in names}
        partners["Mailless"].email = False
        partners["Placeless"].write({"email": False, "street": False})
        invoices = {
            name: self._overdue_invoice(10, 5.0 if name == "Small" else 100.0, partner=partner)
            for name, partner in partners.items()
        }
        self.policy.amount_minimum = 20.0
        self._classify()
        cases = {name: self._case(partner) for name, partner in partners.items()}
        cases["Held"].write({"hold_until": self.TODAY, "hold_reason": "Merger"})
        self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "date": self.TODAY,
            "partner_id": partners["Credited"].id, "amount": 100.0,
        }).action_post()
        self.env["collection.dispute"].create({
            "case_id": cases["Disputed"].id, "reason": "Damaged",
            "line_ids": self._receivable(invoices["Disputed"]).ids,
        })
        recent = self._letter(case=cases["Recent"], channel="post")
        recent.action_approve()
        recent.action_send()
        self._letter(case=cases["Waiting"])
        self.env["collection.promise"].create({
            "case_id": cases["Promised"].id, "amount": 50.0,
            "date_promised": self.TODAY + timedelta(days=3),
        })
        self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id, "amount": 100.0,
            "partner_id": partners["Banked"].id, "date": self.TODAY, "payment_ref": "paid",
        })
        run = self._run(kind="dunning", channel=False)
        reasons = {line.partner_id.name: line.reason for line in run.line_ids}
        self.assertEqual({name for name, reason in reasons.items() if not reason},
                         {"Good", "Mailless"})
        for name, text in [
            ("Placeless", "No postal"), ("Small", "Below"), ("Held", "Merger"),
            ("Credited", "cover"), ("Disputed", "disputed"), ("Recent", "within 7 days"),
            ("Promised", "Promised"), ("Banked", "bank statement"),
            ("Waiting", "not sent yet"),
        ]:
            with self.subTest(name=name):
                self.assertIn(text, reasons[name])
        self.assertRecordValues(run, [{
            "count_chosen": 2, "count_left_out": 9, "amount_chosen": 200.0,
        }])
        by_mail = self._run(kind="dunning", channel="email")
        self.assertIn(
            "No e-mail", {line.partner_id.name: line.reason for line in by_mail.line_ids}[
                "Mailless"]
        )
        action = run.action_draft()
        letters = self.env["collection.letter"].search(action["domain"])
        self.assertEqual(
            {(letter.partner_name, letter.channel, letter.state) for letter in letters},
            {("Good", "email", "draft"), ("Mailless", "post", "draft")},
        )
        self.assertEqual(len(set(letters.mapped("run_name"))), 1)

    def test_asks_before_it_sends(self):
        """How many letters go to how many customers is said first; going back sends none."""
        for name in ("First", "Second"):
            self._overdue_invoice(10, 100.0, partner=self._partner(name))
        self._classify()
        run = self._run()
        chosen = run.line_ids.filtered("is_chosen")
        self.assertEqual(
            run.question, f"Send {len(chosen)} letters to {len(chosen)} customers?"
        )
        run.action_ask()
        self.assertTrue(run.is_asking)
        run.action_back()
        self.assertFalse(run.is_asking)
        (chosen - chosen[0]).is_chosen = False
        self.assertEqual(run.question, f"Send 1 letter to {chosen[0].partner_id.name}?")
        self.assertFalse(self.env["collection.letter"].search([
            ("partner_id", "in", run.line_ids.partner_id.ids),
        ]))

    def test_some_of_them(self):
        for name in ("One", "Two", "Three"):
            self._overdue_invoice(10, partner=self._partner(name))
        self._classify()
        run = self._run()
        run.line_ids.filtered(lambda line: line.partner_id.name == "Two").is_chosen = False
        run.action_release()
        letters = self.env["collection.letter"].search([("run_name", "!=", False)])
        self.assertEqual(set(letters.mapped("partner_name")), {"One", "Three"})
        self.assertEqual(set(letters.released_by_id), {self.collector})
        self.assertEqual(set(letters.mapped("state")), {"draft"})
        again = self._run()
        self.assertEqual(again.line_ids.filtered("is_chosen").partner_id.name, "Two")
        self.assertIn("not sent yet", again.line_ids.filtered("reason")[0].reason)
        again.line_ids.is_chosen = False
        with self.assertRaisesRegex(UserError, "at least one"):
            again.action_draft()

    def test_filters_and_own_cases(self):
        mild = self._partner("Mild")
        severe = self._partner("Severe")
        self._overdue_invoice(10, partner=mild)
        self._overdue_invoice(90, partner=severe)
        self._classify()
        tier = self.env.ref("debt_collection.tier_severe")
        run = self._run(tier_ids=[Command.set(tier.ids)])
        self.assertEqual(run.line_ids.partner_id, severe)
        self.assertEqual(self._run(partner_ids=[Command.set(mild.ids)]).line_ids.partner_id, mild)
        other = self._role_user("run_other", "collector")
        self.assertFalse(self._run(user=other).line_ids)

    def test_final_notices_are_only_drafted(self):
        self._overdue_invoice(50, partner=self._partner("Late"))
        self._classify()
        run = self._run(kind="final", user=self.manager)
        with self.assertRaisesRegex(UserError, "another manager"), self.cr.savepoint():
            run.action_release()
        run.action_draft()

    def test_queries_do_not_grow_with_customers(self):
        counts = []
        for size in (2, 30):
            for number in range(size):
                self._overdue_invoice(10, partner=self._partner(f"Q{size}-{number}"))
            self._classify()
            run = self.env["collection.letter.run"].with_user(self.collector).create({})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run.action_preview()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] + 25)

    # needs: CJK font
    def test_one_run_of_the_pdf_engine(self):
        """Twelve letters in one run take less than half the time of as many runs."""
        for number in range(12):
            self._overdue_invoice(10, 100.0 + number, partner=self._partner(f"P{number}"))
        self._classify()
        run = self._run()
        letters = self.env["collection.letter"].search(
            run.action_draft()["domain"], order="id"
        ).with_context(force_report_rendering=True)
        letters[:2]._render_files()
        start = REAL_TIME()
        singles = [letter._render_files()[0][0] for letter in letters[:4]]
        single = (REAL_TIME() - start) / 4
        start = REAL_TIME()
        files = letters._render_files()
        together = (REAL_TIME() - start) / len(letters)
        self.assertEqual(len(files), 12)
        self.assertLess(together, single / 2)
        for letter, (content, extension, _mimetype) in zip(letters, files, strict=True):
            self.assertEqual(extension, "pdf")
            text = self._pdf_text(content)
            self.assertIn(letter.partner_name, text)
            self.assertIn(letter.line_ids.number, text)
        self.assertEqual(self._pdf_text(singles[0]), self._pdf_text(files[0][0]))

    # needs: CJK font
    def test_printed_again_from_what_was_frozen(self):
        invoice = self._overdue_invoice(10, 100.0, partner=self._partner("Frozen"))
        self._classify()
        letter = self._letter(
            case=self._case(invoice.partner_id), channel="post"
        ).with_context(force_report_rendering=True)
        letter.action_approve()
        letter.action_send()
        kept = letter.sudo().pdf_attachment_id.raw
        self._pay(invoice)
        invoice.partner_id.name = "Renamed"
        self.collector.name = "Somebody Else"
        self.assertEqual(
            self._pdf_text(letter._render_files()[0][0]), self._pdf_text(kept)
        )
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        printed, _kind = report._render_qweb_pdf(
            "debt_collection.collection_letter_report", letter.ids
        )
        self.assertEqual(printed, kept)
