import io
import unicodedata
from datetime import timedelta

from pypdf import PdfReader

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .legal_common import LegalCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionLawyerLetter(LegalCommon):
    """A lawyer letter is made only with firm, lawyer, counsel's word and checklist (P3.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lawyer.lawyer_licence = "11101200510"

    def _letter(self, action, user=None):
        result = action.with_user(user or self.collector).action_draft_letter()
        return self.env["collection.letter"].with_user(self.collector).browse(result["res_id"])

    def _counsel(self, letter, user=None):
        letter.write({"counsel_id": self.lawyer.id, "counsel_note": "E-mail of Monday"})
        letter.with_user(user or self.manager).action_counsel_approve()

    def _ready(self):
        action = self._approved()
        self._complete(action)
        letter = self._letter(action)
        self._counsel(letter)
        return action, letter

    def test_draft_claims_the_items_of_the_action(self):
        action = self._action(item_ids=[Command.set(self._receivable(self.invoice).ids)])
        letter = self._letter(action)
        self.assertRecordValues(letter, [{
            "kind": "lawyer", "state": "draft", "legal_action_id": action.id,
            "case_id": self.case.id, "amount_total": 3000.0,
            "drafted_by_id": self.collector.id,
            "date_deadline": letter.date + timedelta(days=7),
        }])
        self.assertEqual(letter.line_ids.mapped("number"), [self.invoice.name])
        self.assertIn("正和律师事务所", letter.preview)
        with self.assertRaisesRegex(UserError, "written already"), self.cr.savepoint():
            self._letter(action)

    def test_the_law_of_the_country(self):
        for country, template, days, words in [
            ("base.cn", "cn", 7, "第五百七十九条"),
            ("base.uk", "uk", 14, "Pre-Action Conduct"),
            ("base.de", None, 14, "It relies on § 433 Abs. 2, § 286 und § 288 BGB."),
            ("base.fr", None, 14, "article L. 441-10 du Code de commerce."),
            # Nobody knows the articles: nothing is said of them.
            ("base.pl", None, 14, "interest for late payment and damages.</p>"),
        ]:
            self.partner_a.country_id = self.env.ref(country)
            letter = self._letter(self._action())
            with self.subTest(country=country):
                name = f"_{template}" if template else ""
                self.assertEqual(
                    letter.template_id,
                    self.env.ref(f"debt_collection.letter_template_lawyer{name}"),
                )
                self.assertEqual(letter.date_deadline, letter.date + timedelta(days=days))
                self.assertIn(words, letter.preview)
                self.assertNotIn("{", letter.preview)
            letter.action_cancel()

    def test_the_articles_of_a_sale_in_china(self):
        self.partner_a.country_id = self.env.ref("base.cn")
        preview = self._letter(self._action()).preview
        for article in ("第五百七十七条", "第五百七十九条", "第五百八十五条", "第六百二十八条"):
            self.assertIn(article, preview)

    def test_every_section_may_quote_the_consequences(self):
        letter = self._letter(self._action())
        letter.write({"consequences": "Suit after {deadline}.", "demand": "Pay. {consequences}"})
        demand = letter._get_texts()["demand"]
        self.assertTrue(demand.startswith("Pay. Suit after "), demand)
        self.assertNotIn("{", demand)

    def test_written_by_hand_like_any_letter(self):
        action = self._action()
        form = Form(self.env["collection.letter"].with_user(self.collector).with_context(
            default_case_id=self.case.id, default_kind="lawyer"
        ))
        self.assertEqual(form.heading_demand, "四、律师要求")
        form.legal_action_id = action
        letter = form.save()
        self.assertEqual(letter.amount_total, 5000.0)
        with self.assertRaisesRegex(ValidationError, "belong together"), self.cr.savepoint():
            letter.kind = "dunning"

    def test_nothing_is_made_without_its_basis(self):
        action = self._approved(lawyer_ids=False, law_firm_id=False,
                                internal_counsel_id=self.manager2.id)
        letter = self._letter(action)
        approve = letter.with_user(self.manager).action_approve

        def refused(words, call=approve):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words), \
                    self.cr.savepoint():
                call()
            self.assertEqual(letter.state, "draft")

        refused("choose the law firm")
        refused("choose the law firm", letter.action_request)
        action.with_user(self.manager).law_firm_id = self.firm
        refused("name the lawyers")
        action.with_user(self.manager).lawyer_ids = self.lawyer
        refused("not approved by counsel")
        letter.action_request()
        self._counsel(letter)
        refused("is not ready. Missing")
        self._complete(action)
        letter.instruction = letter.instruction + " 附加"
        refused("changed since counsel approved")
        self._counsel(letter)
        approve()
        self.assertEqual(letter.state, "approved")

    def test_without_a_legal_action(self):
        letter = self.env["collection.letter"].with_user(self.collector).create(
            {"case_id": self.case.id, "kind": "lawyer"}
        )
        for call in (letter.action_request, letter.with_user(self.manager).action_approve):
            with self.assertRaisesRegex(UserError, "choose its legal action"), \
                    self.cr.savepoint():
                call()

    def test_the_action_is_approved_first(self):
        action = self._action()
        letter = self._letter(action)
        self._counsel(letter)
        with self.assertRaisesRegex(UserError, "waits for the approval of the legal action"), \
                self.cr.savepoint():
            letter.with_user(self.manager).action_approve()

    def test_who_may_approve(self):
        action, letter = self._ready()
        for user, error in [(self.collector, AccessError), (self.finance, AccessError)]:
            with self.subTest(user=user.login), self.assertRaises(error), self.cr.savepoint():
                letter.with_user(user).action_approve()
        letter.with_user(self.manager2).law_number = "(2026) 12"
        with self.assertRaisesRegex(UserError, "wrote"), self.cr.savepoint():
            letter.with_user(self.manager2).action_approve()
        letter.with_user(self.manager).action_approve()
        self.assertEqual(letter.approved_by_id, self.manager)

    def test_who_notes_counsels_approval(self):
        action = self._action()
        letter = self._letter(action)
        letter.write({"counsel_id": self.lawyer.id, "counsel_note": "E-mail"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            letter.action_counsel_approve()
        with self.assertRaisesRegex(UserError, "button"), self.cr.savepoint():
            letter.with_user(self.manager).date_counsel = "2026-01-01 00:00:00"
        manager_letter = letter.with_user(self.manager)
        letter.counsel_note = False
        with self.assertRaisesRegex(UserError, "how Li Wen approved"), self.cr.savepoint():
            manager_letter.action_counsel_approve()
        letter.write({"counsel_note": "E-mail", "counsel_id": False})
        with self.assertRaisesRegex(UserError, "Choose which lawyer"), self.cr.savepoint():
            manager_letter.action_counsel_approve()
        # The internal counsel may, too, who sees the case.
        action.internal_counsel_id = self.collector
        letter.counsel_id = self.lawyer
        letter.action_counsel_approve()
        self.assertEqual(letter.counsel_recorded_by_id, self.collector)

    def test_sent_letter_moves_the_action(self):
        action, letter = self._ready()
        letter.with_user(self.manager).action_approve()
        for vals in ({"demand": "x"}, {"law_number": "1"}, {"legal_action_id": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError), self.cr.savepoint():
                letter.write(vals)
        self.lawyer.name = "Li Wen-Zhang"
        self.assertRecordValues(letter, [{
            "firm_name": "正和律师事务所", "lawyer_names": "Li Wen (11101200510)",
            "signatory": "Li Wen",
        }])
        letter.action_send()
        self.assertEqual(letter.state, "sent")
        self.assertRecordValues(action, [{
            "state": "letter", "date_letter": self.today, "letter_deadline": letter.date_deadline,
        }])
        todo = self.case.activity_ids.filtered("collection_legal_action_id")
        self.assertEqual((todo.date_deadline, todo.user_id), (letter.date_deadline, self.collector))
        self._pay(self.invoice, amount=250.0, payment_date=self.today)
        action.invalidate_recordset()
        self.assertEqual(action.amount_recovered, 250.0)
        letter.write({"date_delivered": self.today, "delivery_proof": "courier"})
        letter.action_deliver()
        check = self._check(action, "letters_delivered")
        check.with_user(self.manager).action_unwaive()
        self.assertEqual((check.state, letter.name in check.answer), ("there", True))

    def test_a_new_dispute_stops_the_sending(self):
        action, letter = self._ready()
        letter.with_user(self.manager).action_approve()
        self.env["collection.dispute"].create({
            "case_id": self.case.id, "reason": "Damaged",
            "line_ids": [Command.set(self._receivable(self.invoice2).ids)],
        })
        with self.assertRaisesRegex(UserError, "Dispute closed"), self.cr.savepoint():
            letter.action_send()

    # needs: CJK font
    def test_pdf_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.partner_a.write({"lang": "zh_CN", "name": "苏州远航贸易有限公司"})
        action, letter = self._ready()
        letter.with_user(self.manager).law_number = "（2026）正和律函字第12号"
        letter.with_user(self.manager2).with_context(
            force_report_rendering=True
        ).action_approve()
        raw = letter.pdf_attachment_id.raw
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
        # Fonts name some characters by their look-alikes among the radicals.
        text = "".join(unicodedata.normalize("NFKC", text).split())
        order = [text.index(words) for words in (
            "律师函", "第12号", "苏州远航贸易有限公司", "委托来源", "指派LiWen律师", "事实",
            self.invoice.name, "第五百七十七条", "第六百二十八条", "律师要求", "财产保全",
            "LiWen(11101200510)",
        )]
        self.assertEqual(order, sorted(order))
        self.assertIn("8JianguoRoad", text)

    def test_other_letters_keep_their_page(self):
        action, lawyer = self._ready()
        dunning = self.env["collection.letter"].with_user(self.collector).create(
            {"case_id": self.case.id, "kind": "dunning"}
        )
        html = self.env["ir.actions.report"]._render_qweb_html(
            "debt_collection.collection_letter_report", (dunning + lawyer).ids
        )[0].decode()
        self.assertEqual(html.count("四、律师要求"), 1)
        self.assertEqual(html.count("Your contact"), 1)

    def test_templates(self):
        template = self.env["collection.letter.template"].with_user(self.manager)
        vals = {"name": "T", "kind": "lawyer", "subject": "S", "body": "B", "instruction": "I",
                "opinion": "O", "demand": "D"}
        template.create(vals)
        for change, words in [({"demand": " "}, "needs instruction"),
                              ({"demand": "{nonsense}"}, "unknown placeholders")]:
            with self.subTest(change=change), self.assertRaisesRegex(ValidationError, words), \
                    self.cr.savepoint():
                template.create(vals | change)
        with self.assertRaises(AccessError), self.cr.savepoint():
            template.with_user(self.collector).create(vals)

    def test_letters_are_in_the_case_file(self):
        action, letter = self._ready()
        letter.with_user(self.manager).action_approve()
        letter.action_send()
        file = self.env["ir.attachment"].with_user(self.collector).create(
            {"name": "receipt.pdf", "raw": b"%PDF-receipt"}
        )
        letter.write({"date_delivered": self.today, "delivery_proof": "courier",
                      "delivery_file_ids": [Command.set(file.ids)]})
        letter.action_deliver()
        charge = self.env["collection.charge"].create({
            "case_id": self.case.id, "currency_id": self.company.currency_id.id,
            "date_to": self.today,
        })
        charge.sudo().state = "approved"
        bundle = self.case.with_user(self.collector).sudo()._make_case_file(
            letter.date_sent
        )
        self.assertIn("letters/proof/receipt.pdf", set(bundle.files))
        self.assertTrue([path for path in bundle.files
                         if path.startswith(f"letters/{letter.name.replace('/', '-')}")])
        self.assertIn("07 Letters.xlsx", set(bundle.files))
        self.assertIn("08 Late Charges.xlsx", set(bundle.files))
