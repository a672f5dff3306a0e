from odoo import models

from .collection_approval import SEALED_DECISION


class CollectionRecovery(models.Model):
    """An approved recovery is sealed with the debts that the money goes to."""

    _inherit = "collection.recovery"

    _sealed_fields = ("name", "company_id", "credit_id", *SEALED_DECISION)
    _sealed_personal = ("note",)
    _sealed_lines = {"line_ids": (("writeoff_line_id", "amount"), ())}
