from odoo import models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _get_collection_rest(self):
        """What an unmatched bank line still brings, in company currency: not all of its amount."""
        self.ensure_one()
        _liquidity, suspense, _other = self._seek_for_lines()
        return -sum(suspense.mapped("balance"))
