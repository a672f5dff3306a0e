from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionCharge(models.Model):
    """An approved late charge is sealed with every day and rate that it was reckoned from."""

    _inherit = "collection.charge"

    _sealed_fields = (
        "name", "case_id", "company_id", "currency_id", "date_to", *SEALED_DECISION,
    )
    _sealed_lines = {
        "line_ids": (
            ("line_id", "terms_id", "date_due", "date_from", "date_to", "days", "interest", "fee"),
            (),
        ),
        "segment_ids": (
            ("line_id", "date_from", "date_to", "days", "principal", "rate", "base", "interest"),
            (),
        ),
    }
