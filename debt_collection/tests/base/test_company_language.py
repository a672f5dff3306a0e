from odoo.tests import tagged

from .common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCompanyLanguage(CollectionCommon):
    """What jobs freeze is in the company's language, whatever that of the robot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env.company.partner_id.lang = "zh_CN"
        cls.tier = cls.env.ref("debt_collection.tier_mild")
        cls.tier.with_context(lang="zh_CN").name = "轻度"
        cls._overdue_invoice(10)
        cls._classify()

    def test_language(self):
        """Without one of its own, the company has that of whoever works."""
        company = self.env.company
        self.assertEqual(company._in_collection_language(self.tier).name, "轻度")
        company.partner_id.lang = False
        self.assertEqual(company._in_collection_language(self.tier).name, self.tier.name)

    def test_overdue_list(self):
        overdue_list = self.env["collection.overdue.list"].with_context(lang="en_US")._generate(
            self.TODAY
        )
        self.assertEqual(set(overdue_list.line_ids.mapped("tier_name")), {"轻度"})

    def test_departments(self):
        """Departments of disputes are read in the reader's language."""
        chinese = self.env(context={"lang": "zh_CN"})
        kinds, disputes = (
            chinese[model].fields_get(["department"])["department"]["selection"]
            for model in ("collection.dispute.reason", "collection.dispute")
        )
        self.assertEqual(kinds, disputes)
