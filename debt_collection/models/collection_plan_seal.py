from odoo import models


class CollectionPlan(models.Model):
    """An approved plan is sealed with its schedule (P4.2)."""

    _name = "collection.plan"
    _inherit = ["collection.plan", "collection.sealed"]

    _sealed_fields = (
        "case_id", "company_id", "amount", "annual_rate", "tolerance", "grace_days", "user_id",
        "approved_by", "date_approved",
    )
    _sealed_lines = {"line_ids": (("date_due", "amount", "interest"), ())}
