from odoo import models


class ResPartner(models.Model):
    """Who sees a statement; what it says below the balance: what has accrued, where to pay."""

    _inherit = "res.partner"

    def _on_statement_access(self):
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        return self.env["collection.case"].search(domain).partner_id

    def _on_statement(self, accounts, date_to, company):
        self._add_statement_charges(accounts, date_to, company)

    def _on_statement_memo(self, sheet, row, account, date_to, company, formats, column):
        row = self._write_statement_charges(
            sheet, row, account["charges"], date_to, formats, column
        )
        self._write_statement_pay_link(sheet, row, company, formats)

    def _on_statement_print(self, statements, company):
        payers = self.filtered(lambda partner: statements[partner.id])
        return {
            "pay_urls": {payer.id: payer._get_collection_pay_url(company) for payer in payers},
            "pay_qr": self._get_collection_pay_qr,
        }
