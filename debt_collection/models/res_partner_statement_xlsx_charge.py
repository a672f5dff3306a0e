from odoo import models


class ResPartner(models.Model):
    """The spreadsheet of the statement says what has accrued, below the account: a memo."""

    _inherit = "res.partner"

    def _write_statement_memo(self, sheet, row, account, date_to, formats, column):
        row = super()._write_statement_memo(sheet, row, account, date_to, formats, column)
        charges = account["charges"]
        if not charges["total"]:
            return row
        title = self.env._(
            "Late charges accrued up to %(date)s, not part of the balance", date=date_to.isoformat()
        )
        sheet.write_string(row, 1, title, formats["bold"])
        for title, key in (
            (self.env._("Interest"), "interest"),
            (self.env._("Fees"), "fee"),
            (self.env._("Together"), "total"),
            (self.env._("More for each day"), "per_day"),
        ):
            row += 1
            sheet.write_string(row, 1, title)
            sheet.write_number(row, column, charges[key], formats["money"])
        return row + 2
