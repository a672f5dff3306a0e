from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..base.common import CollectionCommon


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionMoney(CollectionCommon):
    """Bank lines without a customer get proposals; finance decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.finance = cls._role_user("money_finance", "finance")
        cls.collector = cls._role_user("money_collector", "collector")
        cls.partner_a.name = "Harbour Tools Ltd"
        cls.invoice = cls._overdue_invoice(45, 100.0)
        cls.other = cls._overdue_invoice(40, 250.0)

    def _line(self, amount, text="", payer="", partner=None):
        return self.env["account.bank.statement.line"].create({
            "journal_id": self.company_data["default_journal_bank"].id, "date": self.TODAY,
            "payment_ref": text or "payment", "partner_name": payer, "amount": amount,
            "partner_id": partner and partner.id,
        })

    def _propose(self):
        return self.env["collection.money"].sudo()._propose(self.company)

    def test_sure_proposal(self):
        line = self._line(100.0, self.invoice.name, "HARBOUR TOOLS LIMITED")
        proposal = self._propose()
        self.assertEqual(proposal.statement_line_id, line)
        self.assertEqual(proposal.partner_id, self.partner_a)
        self.assertEqual(proposal.item_ids, self._receivable(self.invoice))
        self.assertTrue(proposal.is_sure)
        self.assertIn("number", proposal.reason_text)
        # Letters count it before anybody has looked.
        money = self.partner_a._get_collection_bank_money(self.company)
        self.assertEqual(money, {self.partner_a.id: 100.0})
        proposal.with_user(self.finance).action_take()
        self.assertEqual(line.partner_id, self.partner_a)
        self.assertRecordValues(proposal, [{"state": "taken", "user_id": self.finance.id}])
        money = self.partner_a._get_collection_bank_money(self.company)
        self.assertEqual(money, {self.partner_a.id: 100.0})

    def test_lump_sum(self):
        self._line(350.0, "all open", "Harbour Tools")
        proposal = self._propose()
        self.assertEqual(proposal.item_ids, self._receivable(self.invoice + self.other))
        self.assertIn("all", proposal.reasons)

    def test_unsure_counts_for_nothing(self):
        self._line(100.0, "thanks", "Somebody")
        proposal = self._propose()
        self.assertFalse(proposal.is_sure)
        self.assertFalse(self.partner_a._get_collection_bank_money(self.company))

    def test_set_aside_is_not_proposed_again(self):
        self._line(100.0, self.invoice.name, "Harbour Tools")
        self._propose().with_user(self.finance).action_dismiss()
        self.assertFalse(self._propose())

    def test_again_is_the_same(self):
        self._line(100.0, self.invoice.name, "Harbour Tools")
        self._propose()
        self._propose()
        self.assertEqual(self.env["collection.money"].search_count([]), 1)

    def test_lines_with_a_customer_are_left_alone(self):
        self._line(100.0, self.invoice.name, partner=self.partner_a)
        self.assertFalse(self._propose())

    def test_only_finance_decides(self):
        self._line(100.0, self.invoice.name, "Harbour Tools")
        proposal = self._propose()
        with self.assertRaises(AccessError):
            proposal.with_user(self.collector).action_take()
        with self.assertRaises(AccessError):
            self.env["collection.money"].with_user(self.collector).action_propose()
        proposal.with_user(self.finance).action_take()
        with self.assertRaises(UserError):
            proposal.with_user(self.finance).action_dismiss()

    def test_other_company_sees_nothing(self):
        self._line(100.0, self.invoice.name, "Harbour Tools")
        proposal = self._propose()
        self.finance.company_ids = self.company_data_2["company"] if hasattr(
            self, "company_data_2"
        ) else self.finance.company_ids
        found = self.env["collection.money"].with_user(self.finance).with_context(
            allowed_company_ids=[self.finance.company_id.id]
        ).search([("id", "=", proposal.id)])
        self.assertEqual(bool(found), self.finance.company_id == self.company)
