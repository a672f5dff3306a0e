from odoo import models


class ResPartner(models.Model):
    """What a statement says below the balance: what has accrued, and where it can be paid."""

    _inherit = "res.partner"

    def _on_statement(self, accounts, date_to, company):
        self._add_statement_charges(accounts, date_to, company)

    def _on_statement_memo(self, sheet, row, account, date_to, company, formats, column):
        row = self._write_statement_charges(
            sheet, row, account["charges"], date_to, formats, column
        )
        return self._write_statement_pay_link(sheet, row, company, formats)
