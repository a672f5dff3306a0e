from odoo.tests import HttpCase, new_test_user, tagged

from ..base.common import CollectionCommon

ACTION = "/odoo/action-debt_collection."
# Odoo's own modules whose terms our screens show.
MODULES = (
    "account", "base", "calendar", "debt_collection", "debt_collection_payment",
    "debt_collection_sale", "mail", "portal", "product", "rating", "resource", "web", "web_tour",
)


@tagged("post_install", "-at_install", "debt_collection")
class TestChineseDay(CollectionCommon, HttpCase):
    """Who reads only Chinese goes through a day without meeting another language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"].sudo().search([
            ("name", "in", MODULES), ("state", "=", "installed"),
        ])._update_translations(["zh_CN"])
        company = cls.env.company
        company.write({"name": "测试公司"})
        company.partner_id.write({"lang": "zh_CN", "email": "office@example.com"})
        company.currency_id.sudo().write({"symbol": "¥"})
        cls.TODAY = company._get_collection_today()
        cls.collector, cls.manager = (
            cls._chinese_user(login, role, name)
            for login, role, name in (
                ("zh_collector", "collector", "王芳"), ("zh_manager", "manager", "李强"),
            )
        )
        policy = company.collection_policy_id.sudo()
        policy.write({"manager_id": cls.manager.id, "user_id": cls.collector.id})
        # The company was made before the language was there.
        policy.name = "标准制度"
        policy.step_ids.unlink()
        cls.env.ref("debt_collection.policy_default").sudo().step_ids.copy({"policy_id": policy.id})
        customer = cls.env["res.partner"].create({
            "name": "蓝天贸易", "lang": "zh_CN", "email": "sky@example.com",
            "collector_id": cls.collector.id,
        })
        yuan = cls.env.ref("base.CNY")
        yuan.active = True
        invoice = cls._overdue_invoice(40, 250.0, partner=customer, currency_id=yuan.id)
        invoice.invoice_line_ids.name = "货物"
        cases = cls.env["collection.case"]
        cls._classify()
        cls.case = invoice.collection_case_id
        # As the job does it: nobody's language but the company's.
        nobody = cases.with_context(lang=False)
        nobody._escalate(cls.TODAY, company)
        nobody.env["collection.portal.request"]._enter(
            cls.case.sudo(), customer, "message", text="请给我打电话"
        )
        cls.env["web_tour.tour"].with_user(cls.collector).skip_collection_tour()

    @classmethod
    def _chinese_user(cls, login, role, name):
        user = cls._role_user(login, role)
        user.write({"lang": "zh_CN", "name": name, "tz": "Asia/Shanghai"})
        return user

    def _see(self, path, user):
        self.start_tour(path, "debt_collection_chinese_screen", login=user.login)

    def test_the_collector_s_day(self):
        self.start_tour(
            f"{ACTION}collection_case_action_day", "debt_collection_chinese_case",
            login=self.collector.login,
        )
        self.assertEqual(self.case.promise_ids.state, "open")

    def test_letters(self):
        letter = self.env["collection.letter"].with_user(self.collector).with_context(
            lang="zh_CN"
        ).create({"case_id": self.case.id, "kind": "dunning", "date": self.TODAY})
        for path in ("", f"/{letter.id}"):
            with self.subTest(path=path):
                self._see(f"{ACTION}collection_letter_action{path}", self.collector)

    def test_the_manager_s_screens(self):
        self.env["onboarding.onboarding"].with_user(self.manager).close_collection_panel()
        self.env["collection.assessment"]._generate(self.TODAY.replace(day=1))
        assessment = self.env["collection.assessment"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        for action in (
            "collection_dashboard_action", "collection_case_action",
            "collection_assessment_action", f"collection_assessment_action/{assessment.id}",
            "collection_portal_request_action",
        ):
            with self.subTest(action=action):
                self._see(f"{ACTION}{action}", self.manager)

    def test_the_customer_s_page(self):
        user = new_test_user(
            self.env, "zh_portal", groups="base.group_portal", password="zh_portal",
            partner_id=self.case.partner_id.id, lang="zh_CN", name="蓝天贸易",
        )
        self._see(f"/my/collections/{self.case.id}", user)

    def test_what_the_system_writes(self):
        texts = [
            *self.case.activity_ids.mapped("summary"),
            *self.case.case_step_ids.mapped("mail_activity_ids.summary"),
            self.case.with_context(lang="zh_CN").priority_reason,
            self.case.pause_reason or "",
        ]
        self.assertTrue(any(texts))
        for text in filter(None, texts):
            with self.subTest(text=text):
                self.assertNotRegex(text, "[A-Za-z]{3,}")
