from odoo import models


class CollectionCase(models.Model):
    """The papers in the case file: all files that are kept with the case."""

    _inherit = "collection.case"

    def _add_papers(self, bundle):
        """Each file once, in the first folder that has it."""
        # The PDF of an invoice is among the invoices already.
        seen = self.line_ids.move_id.invoice_pdf_report_id
        for folder, attachments in self._get_file_papers():
            for attachment in attachments - seen:
                if attachment.type == "binary" and attachment.raw:
                    bundle.add(folder, attachment.name, attachment.raw)
            seen |= attachments

    def _get_file_papers(self):
        """Folder of the file and attachments, in the order in which they are put in."""
        self.ensure_one()
        yield from self._get_letter_papers()
        for paper in self.document_ids:
            yield f"papers/{paper.kind}", paper.attachment_ids
        for contact in self._get_file_contacts():
            yield "contacts", contact.attachment_ids
        for action in self.legal_action_ids:
            for document in action.document_ids:
                yield f"legal/{document.kind}", document.attachment_ids
            yield "legal/checklist", action.check_ids.attachment_ids
            yield "legal/opinion", action.consultation_ids.attachment_ids
        for folder, records in (
            ("papers/other", self),
            ("papers/plan", self.plan_ids),
            ("papers/dispute", self.dispute_ids),
            ("legal/other", self.legal_action_ids),
            ("legal/hearing", self.legal_action_ids.hearing_ids),
            ("invoices/attachments", self.line_ids.move_id),
        ):
            yield folder, self._get_attachments_of(records)

    def _get_attachments_of(self, records):
        """Files attached to records; those of fields are shown elsewhere."""
        return self.env["ir.attachment"].search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids),
             ("res_field", "=", False)],
            order="id",
        )
