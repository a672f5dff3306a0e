from datetime import date

from odoo.tests import tagged

from ..posting.accounting_common import CollectionAccountingCommon

SEPTEMBER = date(2025, 9, 1)


@tagged("post_install", "-at_install", "debt_collection")
class TestCollectionAssessmentWriteoff(CollectionAccountingCommon):
    """Write-offs are the bad-debt rate's; what comes in on them stands beside it (P5.1)."""

    def _figures(self):
        team = self.env["collection.assessment"]._generate(SEPTEMBER, self.company).filtered(
            "is_team")
        return {
            line.kind: (line.numerator, line.denominator, line.value)
            for line in team.line_ids if line.kind != "roll"
        }

    def test_written_off_and_recovered(self):
        invoice = self._overdue_invoice(100, 1000.0)
        self._classify()
        item = self._receivable(invoice)
        writeoff = self._posted(self._writeoff(invoice, {item: 600.0}))
        figures = self._figures()
        self.assertEqual(figures["bad_debt"], (600.0, 1000.0, 60.0))
        self.assertEqual(figures["recovery"], (0.0, 1000.0, 0.0))
        self.assertNotIn("written_off_recovered", figures)
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "amount": 250.0,
            "partner_id": self.partner_a.id, "date": self.TODAY,
            "journal_id": self.company_data["default_journal_bank"].id,
        })
        payment.action_post()
        recovery = self.env["collection.recovery"].with_user(self.finance).create({
            "partner_id": self.partner_a.id, "credit_id": self._receivable(payment.move_id).id,
        })
        self._posted(recovery)
        self.assertEqual(recovery.line_ids.writeoff_line_id, writeoff.line_ids)
        figures = self._figures()
        self.assertEqual(figures["bad_debt"], (600.0, 1000.0, 60.0))
        self.assertEqual(figures["recovery"], (0.0, 1000.0, 0.0))
        self.assertEqual(figures["written_off_recovered"][0], 250.0)
