from odoo import models

from ..tools.spreadsheet import HEAD_HEIGHT, add_formats, money_format, open_book, write_cell


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_collection_statement_kinds(self):
        """What the kinds of movements are called on the statement."""
        return {
            "invoice": self.env._("Invoice"),
            "credit_note": self.env._("Credit Note"),
            "payment": self.env._("Payment"),
            "other": self.env._("Other"),
        }

    def _get_collection_statement_name(self, date_to):
        self.ensure_one()
        title = self.env._("Statement of Account")
        return f"{title} {self.commercial_partner_id.name} {date_to}".replace("/", "-")

    def _get_collection_statement_xlsx(self, date_from, date_to, company):
        """The statement of one customer as an XLSX file, a sheet for each currency.

        :return: the file's bytes
        """
        self.ensure_one()
        partner = self.commercial_partner_id
        output, book = open_book()
        accounts = self._get_collection_statement(date_from, date_to, company)[partner.id]
        for account in accounts:
            sheet = book.add_worksheet(account["currency"].name)
            self._write_statement_sheet(book, sheet, account, date_from, date_to, company)
        if not accounts:
            sheet = book.add_worksheet(company.currency_id.name)
            sheet.write_string(0, 0, partner.name)
            sheet.write_string(1, 0, self.env._("No movements, and nothing open."))
        book.close()
        return output.getvalue()

    def _write_statement_sheet(self, book, sheet, account, date_from, date_to, company):
        formats = add_formats(book, account["currency"].decimal_places)
        formats["total"] = book.add_format({
            "bold": True, "top": 1, "num_format": money_format(account["currency"].decimal_places),
        })
        columns = [
            (self.env._("Date"), "date", "date", 12),
            (self.env._("Document"), "name", "text", 22),
            (self.env._("Reference"), "ref", "text", 22),
            (self.env._("Kind"), "kind", "text", 14),
            (self.env._("Due Date"), "date_due", "date", 12),
            (self.env._("Debit"), "debit", "money", 15),
            (self.env._("Credit"), "credit", "money", 15),
            (self.env._("Balance"), "balance", "money", 15),
        ]
        balance = len(columns) - 1
        sheet.write_string(
            0, 0, f"{company.name} – {self.env._('Statement of Account')}", formats["title"]
        )
        sheet.write_string(1, 0, self.commercial_partner_id.name or "")
        sheet.write_string(
            2, 0, f"{account['currency'].name}, {date_from.isoformat()} – {date_to.isoformat()}"
        )
        head = 4
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _field, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        sheet.write_string(head + 1, 1, self.env._("Opening Balance"), formats["bold"])
        sheet.write_number(head + 1, balance, account["opening"], formats["money"])
        kinds = self._get_collection_statement_kinds()
        row = head + 1
        for row, movement in enumerate(account["movements"], head + 2):
            values = {**movement, "kind": kinds[movement["kind"]]}
            for column, (_title, field, kind, _width) in enumerate(columns):
                write_cell(sheet, row, column, values[field], kind, formats)
        sheet.write_string(row + 1, 1, self.env._("Closing Balance"), formats["bold"])
        sheet.write_number(row + 1, balance, account["closing"], formats["total"])
        ageing = row + 3
        sheet.write_string(ageing, 1, self.env._("Ageing"), formats["bold"])
        for number, bucket in enumerate(account["ageing"], ageing + 1):
            sheet.write_string(number, 1, bucket["name"])
            sheet.write_number(number, balance, bucket["amount"], formats["money"])
        self._on_statement_memo(
            sheet, ageing + len(account["ageing"]) + 2, account, date_to, company, formats, balance
        )
        sheet.freeze_panes(head + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")

    def _on_statement_memo(self, sheet, row, account, date_to, company, formats, column):
        """Called below the account on its sheet, to write what is no part of it.

        Implemented in models/flow/res_partner.py.

        :param int row: first row below the account
        :param int column: where amounts stand
        :return: first row below what was written
        """
        return row
