from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionCaseCredit(CollectionCommon):
    """What a collector sees of the customer's credit and of the letters sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._role_user("credit_collector", "collector")
        invoice = cls._overdue_invoice(40, 300.0)
        cls._classify()
        cls.case = invoice.collection_case_id
        cls.case.user_id = cls.collector

    def test_credit(self):
        """The limit counts where the company uses limits, and for those who may not see it."""
        self.case.partner_id.credit_limit = 250
        for used, limit, left in [(False, 0, 0), (True, 250, -50)]:
            self.env.company.account_use_credit_limit = used
            self.env.invalidate_all()
            with self.subTest(used=used):
                self.assertRecordValues(
                    self.case.with_user(self.collector),
                    [{"credit_limit": limit, "credit_left": left}],
                )

    def test_last_letter(self):
        """A draft is no letter yet."""
        letter = self.env["collection.letter"].create(
            {"case_id": self.case.id, "kind": "dunning", "date": "2024-03-01"}
        )
        self.assertFalse(self.case.date_last_letter)
        letter.sudo().write({"state": "sent"})
        self.env.invalidate_all()
        self.assertEqual(str(self.case.date_last_letter), "2024-03-01")

    def test_pause_in_words(self):
        """The reason of a pause is read in the reader's language, not in that of the job."""
        today = self.env.company._get_collection_today()
        self.case.write({"hold_until": today, "hold_reason": "Fair"})
        self.case.sudo()._pause_or_resume(today)
        self.env["res.lang"]._activate_lang("zh_CN")
        words = self.case.with_context(lang="zh_CN").pause_text
        self.assertIn("Fair", words)
        self.assertNotIn("On hold", words)
        self.assertIn("On hold", self.case.with_context(lang="en_US").pause_text)
