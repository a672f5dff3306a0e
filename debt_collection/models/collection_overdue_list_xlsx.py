import xlsxwriter

from odoo import models

from ..tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell


class CollectionOverdueList(models.Model):
    _inherit = "collection.overdue.list"

    def _get_xlsx_columns(self):
        """Columns of the spreadsheet: title, field of the line, kind, width in characters."""
        return [
            (self.env._("Customer"), "partner_name", "text", 32),
            (self.env._("Item"), "move_name", "text", 18),
            (self.env._("Invoice Date"), "date_invoice", "date", 12),
            (self.env._("Due Date"), "date_due", "date", 12),
            (self.env._("Currency"), "currency_id", "name", 9),
            (self.env._("Original Amount"), "amount_original", "money", 15),
            (self.env._("Open Amount"), "amount_open", "money", 15),
            (
                self.env._("Open in %(currency)s", currency=self.currency_id.name),
                "amount_open_company", "money", 15,
            ),
            (self.env._("Days Overdue"), "days_overdue", "number", 9),
            (self.env._("Tier"), "tier_name", "text", 11),
            (self.env._("Collector"), "user_id", "name", 20),
            (self.env._("Salesperson"), "salesperson_id", "name", 20),
            (self.env._("Last Contact"), "date_last_contact", "date", 12),
            (self.env._("Promised For"), "date_promised", "date", 12),
            (self.env._("Promised Amount"), "amount_promised", "money", 15),
        ]

    def _get_xlsx(self):
        """The list as an XLSX file: real dates and numbers, totals as formulas.

        :return: the file's bytes
        """
        self.ensure_one()
        output, book = open_book()
        sheet = book.add_worksheet(self.env._("Overdue List")[:31])
        formats = add_formats(book, self.currency_id.decimal_places)
        columns = self._get_xlsx_columns()
        sheet.write_string(0, 0, f"{self.company_id.name} – {self.env._('Overdue List')}",
                           formats["title"])
        sheet.write_string(1, 0, f"{self.name}, {self.env._('as of')} {self.date.isoformat()}")
        head = 3
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _field, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        row = head
        for row, line in enumerate(self.line_ids, head + 1):
            for column, (_title, field, kind, _width) in enumerate(columns):
                value = line[field]
                if kind == "name":
                    # Whoever reads the list reads the names on it, of colleagues elsewhere too.
                    kind, value = "text", value.sudo().display_name
                write_cell(sheet, row, column, value, kind, formats)
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, max(row, head + 1), len(columns) - 1)
        self._write_xlsx_totals(sheet, head + 1, max(row, head + 1), columns, formats)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")
        book.close()
        return output.getvalue()

    def _write_xlsx_totals(self, sheet, first, last, columns, formats):
        """A total per tier in company currency and one of all, as formulas over the rows."""
        fields_ = [field for _title, field, _kind, _width in columns]
        tier, amount = (
            xlsxwriter.utility.xl_col_to_name(fields_.index(field))
            for field in ("tier_name", "amount_open_company")
        )
        tiers = f"${tier}${first + 1}:${tier}${last + 1}"
        amounts = f"${amount}${first + 1}:${amount}${last + 1}"
        label_column = fields_.index("amount_open_company") - 1
        # The tiers as listed, mildest first: the ladder may have changed since.
        groups = self._get_lines_by_tier()[::-1]
        for row, group in enumerate(groups, last + 2):
            sheet.write_string(row, label_column, group["name"], formats["bold"])
            sheet.write_formula(
                row, label_column + 1,
                f"=SUMIFS({amounts},{tiers},{xlsxwriter.utility.xl_col_to_name(label_column)}"
                f"{row + 1})",
                formats["money"], group["amount"],
            )
        row = last + 2 + len(groups)
        sheet.write_string(row, label_column, self.env._("Total"), formats["bold"])
        sheet.write_formula(
            row, label_column + 1, f"=SUM({amounts})", formats["money"], self.amount_total
        )
