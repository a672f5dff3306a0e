from odoo import models

from ..tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell


class CollectionProvision(models.Model):
    _inherit = "collection.provision"

    def _get_xlsx_sheets(self):
        """Sheets: title, records, columns of title, field path, kind and width."""
        allowance = self.env._("Allowance")
        exposure = self.env._("Exposure")
        customer = self.env._("Customer")
        return [
            (self.env._("Buckets"), self.line_ids, [
                (self.env._("Bucket"), "name", "text", 40),
                (self.env._("Items"), "item_count", "number", 9),
                (exposure, "exposure", "money", 16),
                (self.env._("Rate (%)"), "percent", "percent", 12),
                (allowance, "amount", "money", 16),
            ]),
            (self.env._("Customers"), self.share_ids, [
                (customer, "partner_id.display_name", "text", 40),
                (exposure, "exposure", "money", 16),
                (self.env._("Overdue"), "exposure_overdue", "money", 16),
                (allowance, "amount", "money", 16),
                (self.env._("Month Before"), "amount_previous", "money", 16),
                (self.env._("Change"), "change", "money", 16),
            ]),
            (self.env._("Items"), self.item_ids, [
                (customer, "partner_id.display_name", "text", 40),
                (self.env._("Entry"), "move_id.name", "text", 20),
                (self.env._("Due Date"), "date_due", "date", 12),
                (self.env._("Days Overdue"), "days_overdue", "number", 9),
                (self.env._("Bucket"), "line_id.name", "text", 28),
                (exposure, "exposure", "money", 16),
                (allowance, "amount", "money", 16),
            ]),
        ]

    def _get_xlsx(self):
        """Buckets, customers and items as an XLSX file, totals as formulas.

        :return: the file's bytes
        """
        self.ensure_one()
        output, book = open_book()
        formats = add_formats(book, self.currency_id.decimal_places)
        formats["percent"] = book.add_format({"num_format": "0.000000"})
        # Who may read the provision reads the names in it.
        for title, records, columns in self.sudo()._get_xlsx_sheets():
            self._write_xlsx_sheet(book.add_worksheet(title[:31]), records, columns, formats)
        book.close()
        return output.getvalue()

    def _write_xlsx_sheet(self, sheet, records, columns, formats):
        sheet.write_string(0, 0, f"{self.company_id.name} – {self.name}", formats["title"])
        sheet.write_string(
            1, 0, f"{self.env._('as of')} {self.date_exposure}, {self.currency_id.name}"
        )
        head = 3
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (title, _path, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, title, formats["head"])
        row = head
        for row, record in enumerate(records, head + 1):
            for column, (_title, path, kind, _width) in enumerate(columns):
                *parents, name = path.split(".")
                owner = record[parents[0]] if parents else record
                value = owner[name]
                if kind == "percent":
                    sheet.write_number(row, column, value, formats[kind])
                else:
                    write_cell(sheet, row, column, value, kind, formats)
        last = max(row, head + 1)
        sheet.write_string(last + 1, 0, self.env._("Total"), formats["bold"])
        for column, (_title, path, kind, _width) in enumerate(columns):
            if kind == "money":
                letter = chr(ord("A") + column)
                sheet.write_formula(
                    last + 1, column, f"=SUM({letter}{head + 2}:{letter}{last + 1})",
                    formats["money"], sum(records.mapped(path)),
                )
        sheet.freeze_panes(head + 1, 1)
        sheet.autofilter(head, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")
