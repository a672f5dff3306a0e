from odoo import models


class CollectionActivity(models.Model):
    """A confirmed contact is sealed: what was said and promised cannot be bent (P3.7)."""

    _name = "collection.activity"
    _inherit = ["collection.activity", "collection.sealed"]

    _sealed_when = [("state", "=", "confirmed")]
    _sealed_fields = (
        "case_id", "date", "method", "direction", "outcome", "contact_id", "user_id",
        "reason_id", "promise_id", "corrects_id", "limitation_event", "participant_ids",
        "amount_promised", "date_promised", "next_method", "next_date", "report_to_manager",
        "state", "duration", "rule_breach", "override_reason", "override_by_id",
    )
    _sealed_personal = ("feedback", "place", "next_note", "attachment_ids")
