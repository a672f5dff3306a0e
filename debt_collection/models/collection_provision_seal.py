from odoo import models

from .collection_approval import SEALED_DECISION
from .collection_posting import CollectionPosting


class CollectionProvision(models.Model):
    """An approved provision is sealed with its buckets and their rates (P2.4)."""

    _inherit = "collection.provision"

    _sealed_fields = (
        "company_id", "month", "date_exposure", "auto_reverse", "amount_exposure",
        "amount_credit", "amount_required", *SEALED_DECISION,
    )
    _sealed_personal = ("note",)
    _sealed_lines = {
        "line_ids": (
            (
                "name", "kind", "currency_id", "exposure", "numerator", "denominator", "amount",
                "item_count",
            ),
            (),
        ),
    }
    _sealed_once = (
        *CollectionPosting._sealed_once, "reversal_move_id", "balance_posted", "entry_posted",
        "allowance_account_id",
    )
