from odoo import models


class CollectionCase(models.Model):
    """The letters in the case file: as they were sent, with the proof that they arrived."""

    _inherit = "collection.case"

    def _add_letters(self, bundle):
        columns = [
            (self.env._("Number"), "text", 18), (self.env._("Kind"), "text", 20),
            (self.env._("Letter Date"), "date", 12), (self.env._("Deadline"), "date", 12),
            (self.env._("Claimed"), "money", 15), (self.env._("State"), "text", 12),
            (self.env._("Sent On"), "date", 12), (self.env._("Delivered On"), "date", 12),
            (self.env._("Proof of Delivery"), "text", 24),
            (self.env._("Tracking Number"), "text", 24), (self.env._("SHA-256"), "text", 66),
        ]
        rows = [
            (
                letter.name, self._label(letter, "kind"), letter.date, letter.date_deadline,
                letter.amount_total, self._label(letter, "state"), letter.date_sent or None,
                letter.date_delivered or None, self._label(letter, "delivery_proof"),
                letter.tracking_number, letter.pdf_checksum,
            )
            for letter in self._get_file_letters()
        ]
        bundle.add("", "07 Letters.xlsx",
                   self._get_table_xlsx(self.env._("Letters"), columns, rows))

    def _get_file_letters(self):
        """Letters that left the house; drafts are no record."""
        return self.letter_ids.filtered("date_sent").sorted("date_sent")

    def _get_letter_papers(self):
        for letter in self._get_file_letters():
            yield "letters", letter.pdf_attachment_id
            yield "letters/proof", letter.delivery_file_ids
            yield "letters/counsel", letter.counsel_file_ids
