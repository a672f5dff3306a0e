from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.translate import code_translations

from ..letter.letter_common import LetterCommon

LANGUAGES = {
    # language: greeting, an amount's and a day's look, what a demand's last line says
    "de_DE": ("Sehr geehrte Damen und Herren,", "30.09.2025", "Zu zahlen bis"),
    "es_ES": ("Estimadas señoras, estimados señores:", "30/09/2025", "A pagar hasta el"),
    "fr_FR": ("Madame, Monsieur,", "30/09/2025", "À payer au plus tard le"),
    "it_IT": ("Gentili Signore e Signori,", "30/09/2025", "Da pagare entro il"),
    "ja_JP": ("平素は", "2025年9月30日", "お支払い額（"),
    "nl_NL": ("Geachte heer, mevrouw,", "30-09-2025", "Te betalen uiterlijk op"),
    "pt_BR": ("Prezadas senhoras, prezados senhores,", "30/09/2025", "A pagar até"),
}
ENGLISH = (
    "Dear ", "Due Date", "In words", "Your contact", "To pay", "Late charges", "Bank account",
    "Statement of Account", "Opening Balance", "Instalments", "Kind regards", "Please",
    "What you owe", "We are looking", "Overdue", "your account", "Current", "Credits",
)
MODULES = ("debt_collection", "debt_collection_payment")


class Recorded(dict):
    """Translations that note what was asked for and is not there."""

    def __init__(self, translations, missing):
        super().__init__(translations)
        self.missing = missing

    def get(self, term, default=None):
        if term not in self:
            self.missing.add(term)
        return super().get(term, default)


@tagged("post_install", "-at_install", "debt_collection")
class TestCustomerLanguages(LetterCommon):
    """What customers read is in their language, and in no other beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with mute_logger("odoo.addons.base.models.ir_module"):
            for lang in LANGUAGES:
                cls.env["res.lang"]._activate_lang(lang)
            cls.env["ir.module.module"]._load_module_terms(
                [name for name in MODULES if name in cls.env.registry._init_modules],
                list(LANGUAGES),
            )
        cls._overdue_invoice(45, 1234.5)
        cls.case = cls._case()

    def _record(self):
        """Note the terms of ours in Python that are looked up and not translated."""
        missing = set()
        original = code_translations.get_python_translations

        def get(module, lang):
            translations = original(module, lang)
            if module not in MODULES or lang not in LANGUAGES:
                return translations
            return Recorded(translations, missing)

        self.startPatcher(patch.object(code_translations, "get_python_translations", get))
        return missing

    def _check_no_english(self, text, lang):
        for words in ENGLISH:
            self.assertNotIn(words, text, lang)

    def _print(self, report, records, **data):
        html, _kind = self.env["ir.actions.report"].with_user(self.manager)._render_qweb_html(
            report, records.ids, data=data or None
        )
        # The paper's heading and foot are Odoo's, and not loaded here.
        return html.decode().split('class="page"', 1)[1].split('class="footer', 1)[0]

    def test_letters(self):
        for lang, (greeting, day, last_line) in LANGUAGES.items():
            self.partner_a.lang = lang
            for kind in ("reminder", "dunning", "final", "statement"):
                with self.subTest(lang=lang, kind=kind):
                    letter = self._letter(kind)
                    self.assertEqual(letter.lang, lang)
                    texts = letter._get_texts()
                    if (lang, kind) != ("ja_JP", "final"):
                        self.assertTrue(texts["body"].startswith(greeting), texts["body"])
                    for text in texts.values():
                        self._check_no_english(text, lang)
                        self.assertNotIn("{", text)
                        self.assertNotIn("[", text)
                    letter._check_civil_words()
                    self.assertEqual(letter._format_day(self.TODAY), day)
                    self.assertTrue(letter.total_ids.amount_words)
                    page = self._print("debt_collection.collection_letter_report_pages", letter)
                    self._check_no_english(page.split("Draft", 1)[-1], lang)
                    if kind == "dunning":
                        self.assertIn(last_line, page)

    def test_earlier_letters_are_named(self):
        self.partner_a.lang = "de_DE"
        earlier = self._approved("reminder")
        earlier.sudo()._mark_sent()
        final = self._approved("final")
        self.assertIn(
            f"Wir haben Sie bereits zur Zahlung aufgefordert: Schreiben {earlier.name} vom"
            " 30.09.2025.", final.body,
        )

    def test_mails(self):
        names = (
            "reminder", "notice_promise", "notice_withdrawn", "notice_payment", "notice_plan",
            "notice_closed", "survey",
        )
        for lang in LANGUAGES:
            self.partner_a.lang = lang
            for name in names:
                template = self.env.ref(f"debt_collection.mail_template_{name}")
                for field in ("subject", "body_html"):
                    with self.subTest(lang=lang, name=name, field=field):
                        text = str(template._render_field(
                            field, self.case.ids, compute_lang=True
                        )[self.case.id])
                        self._check_no_english(text, lang)
                        self.env["collection.word"]._check_wording(text, lang)
                        if field == "body_html":
                            english = str(template.with_context(lang="en_US").body_html)
                            self.assertNotEqual(text, english)

    def test_documents_and_page(self):
        plan = self.env["collection.plan"].create({
            "case_id": self.case.id, "count": 2, "date_first": self.TODAY,
        })
        plan.action_generate()
        for lang in LANGUAGES:
            self.partner_a.lang = lang
            with self.subTest(lang=lang):
                self._check_no_english(
                    self._print("debt_collection.collection_plan_report_pages", plan), lang
                )
                data = self.partner_a._get_collection_statement_data(
                    self.TODAY.replace(month=1), self.TODAY, self.company
                )
                html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                    "debt_collection.report_statement", self.partner_a.ids, data=data
                )
                page = html.decode().split('class="page"', 1)[1]
                self._check_no_english(page.split('class="footer', 1)[0], lang)

    def test_no_word_of_the_code_is_missing(self):
        """Whatever the code says while customers' papers are made is in the translations."""
        missing = self._record()
        self.partner_a.lang = "fr_FR"
        self.case.invalidate_recordset()
        case = self.case.with_context(lang="fr_FR")
        for kind in ("reminder", "final", "statement"):
            letter = self._letter(kind)
            # What the office reads of it is not the customer's.
            missing.clear()
            letter._get_texts()
            letter._describe_deadline()
            letter._describe_earlier()
            self.env["collection.channel.email"]._get_mail_html(letter)
            letter._get_short_text()
            self.assertEqual(missing, set(), kind)
        case._get_open_invoices()
        partner = self.partner_a.with_context(lang="fr_FR")
        partner._get_collection_statement_xlsx(
            self.TODAY.replace(month=1), self.TODAY, self.company
        )
        entry_model = self.env["collection.portal.request"].with_context(lang="fr_FR")
        for kind in ("paid", "promise", "dispute", "message"):
            entry = entry_model.sudo().create({
                "case_id": case.id, "kind": kind, "amount": 10.0, "text": "x",
                "date_wanted": self.TODAY, "line_ids": case.line_ids.ids,
            })
            entry._get_customer_title()
            entry._get_customer_state()
        # These two are written alike in English and French.
        self.assertEqual(missing - {"Date", "Document"}, set())
