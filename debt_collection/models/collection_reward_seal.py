from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionReward(models.Model):
    """An approved reward or penalty is sealed with its reason (P5.4)."""

    _inherit = "collection.reward"

    _sealed_fields = (
        "assessment_id", "company_id", "user_id", "month", "kind", "measure", "amount", "share",
        *SEALED_DECISION,
    )
    _sealed_personal = ("reason",)
