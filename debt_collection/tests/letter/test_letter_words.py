from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ...tools.amount_words import amount_words
from ...tools.letter_text import script_font
from .letter_common import LetterCommon


@tagged("debt_collection")
class TestAmountWords(BaseCase):
    def test_amounts_in_words(self):
        for amount, code, decimals, lang, expected in [
            ("1234.50", "EUR", 2, "de_DE",
             "EUR eintausendzweihundertvierunddreißig und 50/100"),
            ("1234.50", "EUR", 2, "fr_FR", "EUR mille deux cent trente-quatre et 50/100"),
            ("21.01", "USD", 2, "es_ES", "USD veintiuno con 01/100"),
            ("1000000", "EUR", 2, "it_IT", "EUR un milione"),
            ("0.05", "EUR", 2, "nl_NL", "EUR nul en 05/100"),
            ("1234", "BRL", 2, "pt_BR", "BRL mil duzentos e trinta e quatro"),
            ("123000", "JPY", 0, "ja_JP", "十二万三千円"),
            ("50", "USD", 2, "zh_CN", "美元伍拾元整"),
            ("-7", "EUR", 2, "de_DE", "EUR sieben"),
            ("1.2345", "KWD", 3, "de_DE", "KWD eins und 235/1000"),
            ("12", "EUR", 2, "hr_HR", ""),
        ]:
            with self.subTest(amount=amount, lang=lang):
                self.assertEqual(amount_words(Decimal(amount), code, decimals, lang), expected)

    def test_characters_of_the_language(self):
        self.assertTrue(script_font("ja_JP").startswith("'Noto Sans CJK JP'"))
        self.assertTrue(script_font("zh_CN").startswith("'Noto Sans CJK SC'"))
        self.assertTrue(script_font(False).startswith("'Noto Sans CJK SC'"))


@tagged("post_install", "-at_install", "debt_collection")
class TestLetterWords(LetterCommon):
    """A letter says only what is so, and is in one language."""

    def _text(self, letter):
        return letter._get_texts()["body"]

    def _sent(self, kind="dunning", **vals):
        letter = self._approved(kind, **vals)
        letter.sudo()._mark_sent()
        return letter

    # That we have written before.

    def test_written_before_only_if_we_have(self):
        invoice = self._overdue_invoice(45, 100.0)
        other = self._overdue_invoice(50, 70.0)
        case = self._case()
        draft = self._letter("final")
        self.assertNotIn("before", self._text(draft), "nothing was written")
        approved = self._approved()
        self.assertNotIn("before", self._text(draft), "approved is not sent")
        approved.sudo()._mark_sent()
        self.assertIn(
            f"We have asked you for payment before: letter {approved.name} of 09/30/2025.",
            self._text(draft),
        )
        approved.sudo()._set_failed("Came back")
        self.assertNotIn("before", self._text(draft), "it came back")
        approved.sudo().write({"state": "delivered", "date_delivered": self.TODAY})
        self.assertIn("(delivered on 09/30/2025)", self._text(draft))
        approved.sudo().state = "cancelled"
        about_other = self._letter("reminder")
        about_other.sudo().line_ids.filtered(
            lambda line: line.move_line_id == self._receivable(invoice)
        ).unlink()
        about_other.action_approve()
        about_other.sudo()._mark_sent()
        draft.sudo().line_ids.filtered(
            lambda line: line.move_line_id == self._receivable(other)
        ).unlink()
        self.assertNotIn("before", self._text(draft), "it was about another invoice")
        self.assertFalse(case.is_closed)

    def test_contacts_that_count(self):
        self._overdue_invoice(45, 100.0)
        case = self._case()
        letter = self._letter("final")
        activity_model = self.env["collection.activity"]
        step = self.env["collection.case.step"].sudo().search([("case_id", "=", case.id)], limit=1)
        table = [
            # values, what is said
            ({"method": "phone", "outcome": "reached"}, ""),
            ({"method": "email", "outcome": "other"}, ""),
            ({"method": "letter", "outcome": "other", "direction": "inbound"}, ""),
            ({"method": "letter", "outcome": "wrong_number"}, ""),
            ({"method": "letter", "outcome": "other", "state": "draft"}, ""),
            ({"method": "letter", "outcome": "other", "date": "2024-01-01 10:00:00"}, ""),
            ({"method": "letter", "outcome": "other"}, "letter of 09/29/2025"),
        ]
        for vals, expected in table:
            with self.subTest(vals=vals):
                activity_model.create({
                    "case_id": case.id, "direction": "outbound", "feedback": "x",
                    "state": "confirmed", "date": "2025-09-29 10:00:00", **vals,
                })
                self.assertEqual(letter._describe_earlier(), expected)
        if step:
            activity_model.create({
                "case_id": case.id, "method": "email", "direction": "outbound",
                "outcome": "other", "feedback": "x", "state": "confirmed",
                "date": "2025-09-28 10:00:00", "case_step_id": step.id,
            })
            self.assertIn("e-mail of 09/28/2025", letter._describe_earlier())

    def test_what_it_names_came_back(self):
        self._overdue_invoice(45, 100.0)
        earlier = self._sent("reminder")
        final = self._approved("final")
        self.assertEqual(final.earlier_letter_ids, earlier)
        self.assertIn(earlier.name, final.body)
        self.assertFalse(final._get_findings()[final.id].outdated)
        earlier.sudo()._set_failed("Returned")
        self.assertIn(earlier.name, final._get_findings()[final.id].outdated[0])

    # Charges, what is disputed, the bank account, who signs.

    def test_charges_are_not_inside_what_is_open(self):
        self._overdue_invoice(45, 100.0)
        letter = self._letter()
        self.assertNotIn("Late charges", self._text(letter))
        letter.sudo().total_ids.write({"amount_charge": 12.5, "amount_total": 112.5})
        text = self._text(letter)
        self.assertIn("$\xa0100.00 is open" if "$\xa0100.00" in text else "$ 100.00 is open", text)
        self.assertRegex(text, r"Late charges of \$.12\.50 have accrued .* not been invoiced yet")
        self.assertRegex(text, r"(pay|ask you to pay) \$.112\.50")

    def test_what_is_disputed_is_not_the_oldest(self):
        oldest = self._overdue_invoice(60, 100.0)
        self._overdue_invoice(40, 70.0)
        case = self._case()
        self.env["collection.dispute"].create({
            "case_id": case.id, "reason": "x", "amount": 100.0,
            "line_ids": [Command.set(self._receivable(oldest).ids)],
        })
        due = (self.TODAY - timedelta(days=40)).strftime("%m/%d/%Y")
        for kind in ("reminder", "dunning", "final"):
            with self.subTest(kind=kind):
                values = self._letter(kind, case=case)._get_values()
                self.assertEqual(values["oldest_due"], due)
                self.assertRegex(values["amount_open"], r"^\$.70\.00$")
        statement = self._letter("statement", case=case)
        self.assertEqual(statement._get_values()["oldest_due"], due)
        self.assertEqual(case._get_oldest_asked(), self.TODAY - timedelta(days=40))
        [(_currency, rows, _asked)] = case._get_open_invoices()
        self.assertEqual([row["amount"] for row in rows], [70.0])
        mail = self.env.ref("debt_collection.mail_template_reminder")._render_field(
            "body_html", case.ids
        )[case.id]
        self.assertIn(due, mail)
        self.assertNotIn(oldest.name, mail)

    def test_bank_account_that_is_not_there(self):
        self._overdue_invoice(45, 100.0)
        letter = self._letter()
        self.assertIn("bank account named below", self._text(letter))
        self.assertFalse(letter.draft_note)
        self.company.partner_id.bank_ids.unlink()
        letter = self._letter()
        self.assertNotIn("bank account", self._text(letter))
        self.assertIn("names no bank account", letter.draft_note)

    def test_who_has_left_signs_nothing(self):
        self._overdue_invoice(45, 100.0)
        case = self._case()
        case.sudo().user_id = self.collector
        approved = self._approved(user_id=self.collector.id)
        draft = self._letter(user_id=self.collector.id)
        self.company.collection_signatory = self.collector.name
        self.collector.sudo().active = False
        self.assertIn("has left", approved._get_findings()[approved.id].outdated[0])
        draft.invalidate_recordset(["draft_note"])
        self.assertIn(self.collector.name, draft.with_user(self.manager).draft_note)
        draft.with_user(self.manager).action_approve()
        for name in ("contact_name", "signatory"):
            self.assertNotEqual(draft[name], self.collector.name)
        self.assertNotIn(self.collector.name, draft.body)
        for name in ("mail_template_reminder", "mail_template_notice_closed"):
            with self.subTest(name=name):
                template = self.env.ref(f"debt_collection.{name}")
                for field in ("body_html", "email_from"):
                    self.assertNotIn(
                        self.collector.name, template._render_field(field, case.ids)[case.id]
                    )

    # One language altogether.

    def test_language_that_has_a_text(self):
        for code in ("pl_PL", "de_DE", "fr_FR", "fr_CA", "en_GB"):
            self.env["res.lang"]._activate_lang(code)
        template = self.env["collection.letter.template"].create({
            "name": "Own", "kind": "dunning", "company_id": self.company.id, "subject": "S",
            "body": "Please pay {amount} by {deadline}.",
        })
        template.update_field_translations("body", {"fr_FR": "Payez {amount}."})
        german = self.env["collection.letter.template"].with_context(lang="de_DE").create({
            "name": "Deutsch", "kind": "dunning", "subject": "S", "body": "Bitte {amount}.",
        }).with_context(lang=None)
        chinese = self.env["collection.letter.template"].create({
            "name": "Zh", "kind": "dunning", "subject": "S", "body": "请支付{amount}。",
        })
        self.assertEqual(german._get_text_languages(), {"de_DE"})
        self.assertEqual(chinese._get_text_languages(), {"zh_CN"})
        for wanted, company_lang, expected in [
            ("en_US", "en_US", "en_US"), ("en_GB", "en_US", "en_GB"), ("fr_FR", "en_US", "fr_FR"),
            ("fr_CA", "en_US", "fr_FR"), ("pl_PL", "en_US", "en_US"), ("pl_PL", "fr_FR", "fr_FR"),
            ("pl_PL", "de_DE", "en_US"),
        ]:
            with self.subTest(wanted=wanted, company=company_lang):
                self.company.partner_id.lang = company_lang
                self.assertEqual(template._choose_lang(wanted, self.company), expected)
                self.assertEqual(german._choose_lang(wanted, self.company), "de_DE")

    def test_letter_in_one_language(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.partner_a.lang = "pl_PL"
        self._overdue_invoice(45, 1234.5)
        letter = self._letter()
        self.assertEqual(letter.lang, "en_US")
        self.assertIn("no text in", letter.draft_note)
        letter.action_approve()
        self.assertIn("Dear Sir or Madam", letter.body)
        self.assertIn(letter.date_deadline.strftime("%m/%d/%Y"), letter.body)
        self.assertIn("One Thousand", letter.total_ids.amount_words)
        statement = self.partner_a._get_collection_document_lang(self.company)
        self.assertEqual(statement, "en_US")

    def test_own_text_in_a_language_without_words(self):
        """Where nobody can write an amount in words, the letter has it in figures alone."""
        self.env["res.lang"]._activate_lang("hr_HR")
        self.partner_a.lang = "hr_HR"
        template = self.env.ref("debt_collection.letter_template_dunning_formal")
        template.update_field_translations(
            "body", {"hr_HR": "Platite {amount}[ ({amount_words})]."}
        )
        self._overdue_invoice(45, 100.0)
        letter = self._letter()
        self.assertEqual(letter.lang, "hr_HR")
        self.assertFalse(letter.total_ids.amount_words)
        self.assertRegex(self._text(letter), r"^Platite [^(]*\.$")

    def test_nothing_is_sent_that_is_not_so_any_more(self):
        self._overdue_invoice(45, 100.0)
        earlier = self._sent("reminder")
        with freeze_time(self.TODAY + timedelta(days=20)):
            final = self._approved("final")
            earlier.sudo()._set_failed("Returned")
            with suppress(UserError):
                final.with_user(self.manager).action_send()
            self.assertEqual(final.state, "cancelled")
            self.assertIn(earlier.name, final.cancel_reason)
