from odoo import models

from ..tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell


class CollectionAssessment(models.Model):
    """The assessment form (考核表) on paper and as a spreadsheet."""

    _inherit = "collection.assessment"

    def action_print(self):
        """The form as PDF."""
        return self.env.ref("debt_collection.collection_assessment_report_action").report_action(
            self
        )

    def action_export_xlsx(self):
        """The form as spreadsheet, with the records behind each figure."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/assessment/{self.id}/xlsx",
            "target": "download",
        }

    def _get_xlsx(self):
        """One sheet with the form, one with the records behind it: the file's bytes."""
        self.ensure_one()
        output, book = open_book()
        formats = add_formats(book, 2)
        self._write_xlsx_form(book.add_worksheet(self.env._("Assessment")[:31]), formats)
        self._write_xlsx_records(book.add_worksheet(self.env._("Records")[:31]), formats)
        book.close()
        return output.getvalue()

    def _write_xlsx_form(self, sheet, formats):
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 6, 16)
        grades = dict(self._fields["grade"]._description_selection(self.env))
        sheet.write_string(0, 0, self.display_name, formats["title"])
        grade = grades[self.grade]
        if self.is_provisional:
            grade = self.env._("%(grade)s, provisional", grade=grade)
        facts = [
            (self.env._("Grade"), grade, "text"),
            (self.env._("Score"), self.score, "money"),
            (self.env._("Indicators at Target"), self.met_count, "number"),
            (self.env._("Indicators with Data"), self.measured_count, "number"),
            (self.env._("Manager's Comment"), self.comment, "text"),
            (self.env._("What Was Agreed"), self.improvement, "text"),
            (self.env._("Appeal"), self.appeal_text, "text"),
            (self.env._("Answer to the Appeal"), self.appeal_answer, "text"),
        ]
        if self.has_expected_recovery:
            facts.insert(4, (self.env._("Expected Recovery (%)"), self.expected_recovery, "money"))
        for row, (label, value, kind) in enumerate(facts, 1):
            sheet.write_string(row, 0, label, formats["bold"])
            write_cell(sheet, row, 1, value, kind, formats)
        head = len(facts) + 2
        titles = [
            self.env._("Figure"), self.env._("Counted"), self.env._("Of"), self.env._("Value"),
            self.env._("Target"), self.env._("Weight"), self.env._("At Target"),
        ]
        for column, title in enumerate(titles):
            sheet.write_string(head, column, title, formats["head"])
        for row, line in enumerate(self.line_ids, head + 1):
            write_cell(sheet, row, 0, line.display_name, "text", formats)
            write_cell(sheet, row, 1, line.numerator, "money", formats)
            write_cell(sheet, row, 2, line.denominator, "money", formats)
            if line.has_data:
                write_cell(sheet, row, 3, line.value, "money", formats)
            else:
                write_cell(sheet, row, 3, line.value_text, "text", formats)
            if line.has_target:
                write_cell(sheet, row, 4, line.target, "money", formats)
                write_cell(sheet, row, 5, line.weight, "money", formats)
                met = self.env._("Yes") if line.is_met else self.env._("No")
                write_cell(sheet, row, 6, line.has_data and met, "text", formats)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _write_xlsx_records(self, sheet, formats):
        columns = [
            (self.env._("Figure"), lambda row: row.line_id.display_name, "text", 30),
            (self.env._("Counted, or Of"), lambda row: roles[row.role], "text", 14),
            (self.env._("Document"), lambda row: row.name, "text", 32),
            # Whoever reads the form reads the names on it.
            (self.env._("Customer"), lambda row: row.sudo().partner_id.name, "text", 30),
            (self.env._("Date"), lambda row: row.date, "date", 12),
            (self.env._("Tier"), lambda row: row.tier_code, "text", 12),
            (self.env._("Amount"), lambda row: row.amount, "money", 16),
            (self.env._("Counted For"), lambda row: row.month, "date", 12),
        ]
        sources = self.line_ids.source_ids
        roles = dict(sources._fields["role"]._description_selection(self.env))
        sheet.set_row(0, HEAD_HEIGHT)
        for column, (title, _get, _kind, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, formats["head"])
        for row, source in enumerate(sources, 1):
            for column, (_title, get, kind, _width) in enumerate(columns):
                write_cell(sheet, row, column, get(source), kind, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(sources), 1), len(columns) - 1)
