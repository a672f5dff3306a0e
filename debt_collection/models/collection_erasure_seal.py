from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionErasure(models.Model):
    """An approved erasure is sealed: that a person was forgotten is no secret, why it may be."""

    _inherit = "collection.erasure"

    _sealed_fields = (
        "partner_id", "company_id", "contact_count", "item_count", "is_partner_cleared",
        *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)
