from odoo import api, models

from ...tools.letter_text import paragraphs


class CollectionLetterReport(models.AbstractModel):
    """The printed letter, from what it keeps itself; nothing is looked up in the ledger."""

    _name = "report.debt_collection.collection_letter_report_pages"
    _description = "Collection Letter"

    @api.model
    def _get_report_values(self, docids, data=None):
        letters = self.env["collection.letter"].browse(docids)
        letters.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "collection.letter",
            "docs": letters,
            "paragraphs": paragraphs,
        }

