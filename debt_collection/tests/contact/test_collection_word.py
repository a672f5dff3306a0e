from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged

from ...tools.wording import find_words
from ..base.common import CollectionCommon


@tagged("debt_collection")
class TestWordingRule(BaseCase):
    def test_find_words(self):
        words = [(1, "arrest", "en"), (2, "or else", "en"), (3, "老赖", "zh"), (4, " ", "en"),
                 (5, "we're the police", "en")]
        for text, expected in [
            ("We ARREST you", [1]),
            ("arrested, cardiac-arrest? un-arrest", [1, 1]),
            ("unarrest arresting", []),
            ("Pay, or\n  else.", [2]),
            ("nor else, or elsewhere", []),
            ("你这个老赖！", [3]),
            ("老 赖", []),
            ("We’re the police", [5]),
            ("arrest or else arrest", [1, 2, 1]),
            ("", []),
            ("🙂" * 1000, []),
        ]:
            with self.subTest(text=text[:30]):
                self.assertEqual([hit.key for hit in find_words(text, words)], expected)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionWord(CollectionCommon):
    """What must not be written: blocked in what leaves, hinted at in notes (P1.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("word_collector", "collector")
        cls.manager = cls._role_user("word_manager", "manager")
        cls.partner_a.email = "customer@example.com"
        cls.invoice = cls._overdue_invoice(10)
        cls._classify()
        cls.case = cls.invoice.collection_case_id
        cls.case.user_id = cls.collector
        cls.words = cls.env["collection.word"]

    def test_lists_are_long_enough_and_say_it_milder(self):
        for lang, least in [("en", 80), ("zh", 80), ("de", 40), ("fr", 40), ("es", 40)]:
            with self.subTest(lang=lang):
                words = self.words.search([("lang", "=", lang)])
                self.assertGreaterEqual(len(words), least)
                self.assertFalse(words.filtered(lambda word: not word.alternative))

    def test_threats_in_variants(self):
        for lang, text in [
            ("en", "We will inform your current employer."), ("en", "We will publish your debt"),
            ("en", "I'll come to your house tonight"), ("zh", "不还钱就报警"),
            ("zh", "我们会曝光你"), ("zh", "明天上门找你"),
            ("de", "Wir werden Ihren Arbeitgeber darüber informieren."),
            ("fr", "Nous allons informer votre employeur."),
            ("es", "Vamos a informar a su empleador."),
        ]:
            with self.subTest(text=text):
                self.assertTrue(self.words._find(text, lang).filtered("alternative"))

    def test_lists(self):
        for lang, text, words in [
            ("en_US", "Pay or you will be arrested.", ["arrested", "Write instead"]),
            ("en_US", "<p>You <b>liar</b></p>", ["liar", "insult"]),
            ("en_GB", "We will tell your employer", ["tell your employer", "nobody else"]),
            ("zh_CN", "否则我们将通知你单位", ["通知你单位"]),
            ("zh_CN", "你就是老赖", ["老赖", "逾期客户"]),
            (None, "后果自负", ["后果自负"]),
        ]:
            with self.subTest(text=text), self.assertRaises(UserError) as caught:
                self.words.with_user(self.collector)._check_wording(text, lang)
            for word in words:
                self.assertIn(word, str(caught.exception))
        for lang, text in [
            ("en_US", "Your account is 30 days overdue. Late charges may follow; after the date"
                      " below we may take legal steps. If you cannot pay at once, talk to us."),
            ("zh_CN", "贵司尚有款项逾期未付，请于下述日期前付款；"
                      "逾期可能产生滞纳金并影响信用记录。"),
            ("en_US", ""), ("en_US", False), ("zh_CN", "arrest"),
        ]:
            with self.subTest(text=text):
                self.assertEqual(self.words._check_wording(text, lang), "")
        self.assertIn("intended", self.words._check_wording("we garnish your wages", "en_US"))

    def test_contacts_get_a_hint(self):
        contact = self.env["collection.activity"].with_user(self.collector).create({
            "case_id": self.case.id, "outcome": "reached", "feedback": "He is a liar",
            "next_note": "Say we garnish your wages",
        })
        self.assertIn("liar", contact.wording_warning)
        self.assertIn("garnish", contact.wording_warning)
        contact.action_confirm()
        self.assertEqual(contact.state, "confirmed")

    def test_templates_and_steps_are_blocked(self):
        template = self.env.ref("debt_collection.mail_template_reminder")
        step = self.env["collection.policy.step"].search([], limit=1)
        for record, vals in [
            (template, {"body_html": "<p>Or else!</p>"}),
            (template, {"subject": "Last chance"}),
            (step, {"note": "Call him a thief"}),
        ]:
            with self.subTest(**vals), self.assertRaises(UserError), self.cr.savepoint():
                record.write(vals)
        other = self.env["mail.template"].create({
            "name": "Other", "model_id": self.env.ref("base.model_res_partner").id,
            "body_html": "<p>Last chance to win!</p>",
        })
        self.assertTrue(other)

    def test_messages_to_customers_are_blocked(self):
        case = self.case.with_user(self.collector)
        vals = {"subtype_xmlid": "mail.mt_comment", "message_type": "comment",
                "partner_ids": self.partner_a.ids}
        with self.assertRaisesRegex(UserError, "idiot"), self.cr.savepoint():
            case.message_post(body="Pay, idiot", **vals)
        case.message_post(body="Please pay", **vals)
        case.message_post(body="He called me an idiot")

    def test_managers_keep_the_list(self):
        word = self.words.with_user(self.manager).create(
            {"name": "pay or cry", "kind": "threat", "reason": "it is a threat"}
        )
        with self.assertRaises(UserError):
            self.words._check_wording("Pay or  cry!", "en_US")
        word.level = "warn"
        self.assertIn("pay or cry", self.words._check_wording("Pay or cry", "en_US"))
        word.active = False
        self.assertEqual(self.words._check_wording("Pay or cry", "en_US"), "")
        self.assertFalse(self.words.with_user(self.collector).has_access("write"))
