from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionProvisionSpecific(models.Model):
    """An approved specific provision is sealed with what the judgement rests on."""

    _inherit = "collection.provision.specific"

    _sealed_fields = (
        "case_id", "company_id", "scope", "kind", "percent", "amount", "reason", "date_start",
        *SEALED_DECISION,
    )
    _sealed_personal = ("evidence", "attachment_ids")
