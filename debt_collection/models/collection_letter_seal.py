from odoo import models


class CollectionLetter(models.Model):
    """An approved letter is sealed with its items, words and PDF (P3.4, P6.1)."""

    _inherit = "collection.letter"

    _sealed_fields = (
        "name", "kind", "case_id", "company_id", "lang", "date", "date_deadline",
        "amount_total", "pdf_checksum", "approved_by_id", "date_approved",
    )
    _sealed_personal = (
        "subject", "body", "consequences", "partner_name", "address", "contact_name", "signatory",
        "pdf_attachment_id",
    )
    _sealed_lines = {
        "line_ids": (
            (
                "number", "date", "date_due", "days_overdue", "amount", "amount_paid",
                "amount_open", "amount_disputed", "amount_claimed", "amount_charge",
            ),
            (),
        ),
    }
