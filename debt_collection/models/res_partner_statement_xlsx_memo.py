from odoo import models


class ResPartner(models.Model):
    """Below the account: what has accrued, a memo, and where it can be paid online."""

    _inherit = "res.partner"

    def _write_statement_pay_link(self, sheet, row, company, formats):
        """The row below where the statement can be paid online, if it can."""
        url = self._get_collection_pay_url(company)
        if not url:
            return row
        sheet.write_string(row, 1, self.env._("Pay online"), formats["bold"])
        sheet.write_url(row, 2, url)
        return row + 2

    def _write_statement_charges(self, sheet, row, charges, date_to, formats, column):
        """The row below what has accrued, if anything has."""
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
