from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionWriteoff(models.Model):
    """An approved write-off is sealed: what was asked for, by whom, and approved by whom."""

    _inherit = "collection.writeoff"

    _sealed_fields = (
        "name", "case_id", "company_id", "reason_id", "is_tax_relief", *SEALED_DECISION,
    )
    _sealed_personal = ("note", "attachment_ids")
    _sealed_lines = {"line_ids": (("item_id", "amount"), ())}
