from odoo import models


class CollectionAssessment(models.Model):
    """A closed assessment is sealed with its figures (P5.2)."""

    _name = "collection.assessment"
    _inherit = ["collection.assessment", "collection.sealed"]

    _sealed_when = [("state", "=", "closed")]
    _sealed_fields = (
        "company_id", "user_id", "month", "state", "grade", "score", "met_count",
        "measured_count", "confirmed_by_id", "date_confirmed",
    )
    _sealed_personal = ("comment", "improvement", "appeal_text", "appeal_answer")
    _sealed_lines = {
        "line_ids": (
            ("kind", "numerator", "denominator", "value", "target", "weight", "is_met"), (),
        ),
    }
