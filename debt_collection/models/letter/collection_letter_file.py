import hashlib

from odoo import models
from odoo.exceptions import UserError

REPORT = "debt_collection.collection_letter_report"


class CollectionLetterFile(models.AbstractModel):
    """The file of an approved letter, made once and kept with its checksum: a PDF, or its text."""

    _name = "collection.letter.file"
    _description = "File of a Letter"

    # The PDF of an approved letter: made once, kept with its checksum.

    def _attach_pdfs(self):
        """Make the PDFs of these letters in one run, and keep each with its checksum.

        In Odoo's test mode no PDF is made unless the context asks for it: the page as HTML
        takes its place.
        """
        if not self:
            return
        files = self._render_files()
        attachments = self.env["ir.attachment"].create([
            {
                "name": letter._get_file_name(extension),
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": letter.id,
            }
            for letter, (content, extension, mimetype) in zip(self, files, strict=True)
        ])
        for letter, attachment in zip(self, attachments, strict=True):
            letter.write({
                "pdf_attachment_id": attachment.id,
                "pdf_checksum": hashlib.sha256(attachment.raw).hexdigest(),
            })

    def _render_files(self):
        """For each of these letters a tuple of content, file extension and MIME type."""
        brief = self.filtered("is_brief")
        files = {
            letter: (letter._get_short_text().encode(), "txt", "text/plain") for letter in brief
        }
        printed = self - brief
        report_model = self.env["ir.actions.report"].with_context(
            report_pdf_no_attachment=True, lang=self.env.lang
        )
        streams, kind = (
            report_model._pre_render_qweb_pdf(REPORT, printed.ids) if printed else ({}, "pdf")
        )
        for letter in printed:
            files[letter] = (
                (streams[letter.id]["stream"].getvalue(), "pdf", "application/pdf")
                if kind == "pdf"
                else (report_model._render_qweb_html(REPORT, letter.ids)[0], "html", "text/html")
            )
        return [files[letter] for letter in self]

    def _get_file_text(self):
        """The text of a letter by a channel that takes no files, as it was approved."""
        self.ensure_one()
        # Whoever may send the letter sends its text.
        return (self.sudo().pdf_attachment_id.raw or b"").decode()

    def _get_file_name(self, extension="pdf"):
        self.ensure_one()
        number = (self.name or "").replace("/", "-").strip("-")
        return f"{number or 'letter'}.{extension}"

    def _check_pdf(self):
        """Raise a ``UserError`` if a PDF is not the one that was approved."""
        for letter in self:
            raw = letter.sudo().pdf_attachment_id.raw
            if not raw or hashlib.sha256(raw).hexdigest() != letter.pdf_checksum:
                raise UserError(
                    self.env._(
                        "The PDF of “%(letter)s” is not the one that was approved: it is not"
                        " sent. Cancel the letter and write a new one.",
                        letter=letter.display_name,
                    )
                )
