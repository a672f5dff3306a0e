from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionArchiving(models.Model):
    """An approved proposal to archive is sealed with what came of it (P6.3)."""

    _inherit = "collection.archiving"

    _sealed_fields = (
        "company_id", "kind", "date_before", "record_count", "done_count", *SEALED_DECISION,
    )
