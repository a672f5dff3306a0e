from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionLegalAction(models.Model):
    """An approved legal action is sealed: what is claimed, why, and who decided so (P3.6)."""

    _inherit = "collection.legal.action"

    _sealed_fields = (
        "name", "case_id", "company_id", "route", "item_ids", "amount_claimed", *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)
