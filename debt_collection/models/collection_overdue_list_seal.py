from odoo import fields, models


class CollectionOverdueList(models.Model):
    """A signed list is sealed with all its items (P3.2)."""

    _name = "collection.overdue.list"
    _inherit = ["collection.overdue.list", "collection.sealed"]

    active = fields.Boolean(default=True, copy=False)

    _sealed_when = [("state", "=", "signed")]
    _sealed_fields = (
        "name", "company_id", "date", "state", "signed_by", "date_signed", "amount_total",
        "item_count", "partner_count",
    )
    _sealed_lines = {
        "line_ids": (
            (
                "move_name", "date_invoice", "date_due", "currency_id", "amount_original",
                "amount_open", "amount_open_company", "days_overdue", "tier_name",
                "date_last_contact", "date_promised", "amount_promised",
            ),
            ("partner_name",),
        ),
    }
