from odoo import models

from ..tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell


class CollectionCase(models.Model):
    """The books in the case file: ledger, statement, invoices."""

    _inherit = "collection.case"

    def _add_accounts(self, bundle):
        bundle.add("", "02 Ledger.xlsx", self._get_ledger_xlsx())
        bundle.add("", "03 Statement.pdf", self._get_statement_pdf())
        for move in self.line_ids.move_id.sorted(lambda move: (move.date, move.id)):
            if move.is_invoice(include_receipts=True):
                bundle.add("invoices", f"{move.name}.pdf", self._get_invoice_pdf(move))

    def _get_statement_pdf(self):
        """The statement of account from the first item of the case until today."""
        today = self.company_id._get_collection_today()
        dates = self.line_ids.mapped("date")
        partner = self.partner_id
        data = partner._get_collection_statement_data(
            min(dates, default=today), today, self.company_id
        )
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf("debt_collection.report_statement", partner.ids, data=data)[0]

    def _get_invoice_pdf(self, move):
        """The invoice as it was sent, else as it is printed now."""
        sent = move.invoice_pdf_report_id
        if sent:
            return sent.raw
        return self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )._render_qweb_pdf("account.account_invoices", move.ids)[0]

    def _get_ledger_xlsx(self):
        """Each item of the case with its payments, in its currency and the company's."""
        rows = []
        for line in self.line_ids.sorted(lambda line: (line.date, line.id)):
            rows.append((
                line.move_id.name, line.date, line.date_maturity, line.currency_id.name,
                line.amount_currency, line.amount_residual_currency, line.balance,
                line.amount_residual, "", None,
            ))
            for partial in line.matched_credit_ids.sorted("max_date"):
                source = partial.credit_move_id
                rows.append((
                    line.move_id.name, partial.max_date, None, line.currency_id.name,
                    -partial.debit_amount_currency, None, -partial.amount, None,
                    source.move_id.name, source.date,
                ))
        return self._get_table_xlsx(self.env._("Ledger"), [
            (self.env._("Document"), "text", 22), (self.env._("Date"), "date", 12),
            (self.env._("Due Date"), "date", 12), (self.env._("Currency"), "text", 9),
            (self.env._("Amount"), "money", 15), (self.env._("Open"), "money", 15),
            (self.env._("Amount (Company)"), "money", 15),
            (self.env._("Open (Company)"), "money", 15),
            (self.env._("Settled By"), "text", 22), (self.env._("Dated"), "date", 12),
        ], rows)

    def _get_table_xlsx(self, title, columns, rows):
        """A table as XLSX; text is text, whatever it begins with.

        :param columns: tuples of heading, kind and width
        """
        output, book = open_book()
        sheet = book.add_worksheet(title[:31])
        formats = add_formats(book, self.company_id.currency_id.decimal_places)
        sheet.write_string(0, 0, f"{self.display_name} – {title}", formats["title"])
        head = 2
        sheet.set_row(head, HEAD_HEIGHT)
        for column, (heading, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(head, column, heading, formats["head"])
        for number, row in enumerate(rows, head + 1):
            for column, ((_heading, kind, _width), value) in enumerate(
                zip(columns, row, strict=True)
            ):
                if value is not None:
                    write_cell(sheet, number, column, value, kind, formats)
        sheet.freeze_panes(head + 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.set_footer("&L&F&R&P / &N")
        book.close()
        return output.getvalue()
