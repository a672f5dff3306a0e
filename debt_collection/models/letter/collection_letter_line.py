from odoo import fields, models


class CollectionLetterLine(models.Model):
    """A receivable item as a letter shows it; amounts in the item's own currency."""

    _name = "collection.letter.line"
    _description = "Item in a Letter"
    _inherit = ["collection.mixin", "collection.letter.part"]
    _order = "letter_id, currency_id, date_due, id"

    move_line_id = fields.Many2one(
        "account.move.line", "Item", ondelete="set null", index="btree_not_null", readonly=True
    )
    number = fields.Char("Document", readonly=True)
    reference = fields.Char("Contract or Order", readonly=True)
    date = fields.Date("Invoice Date", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer("Days", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary("Paid", readonly=True)
    amount_open = fields.Monetary("Open", readonly=True)
    amount_disputed = fields.Monetary(
        "Contested", readonly=True, help="In an open dispute, and not claimed here."
    )
    amount_claimed = fields.Monetary("Claimed", readonly=True)
    amount_charge = fields.Monetary("Late Charges", readonly=True)
    charge_per_day = fields.Monetary("Charges per Day", readonly=True)
    amount_company = fields.Monetary(
        "Claimed (Company)", currency_field="company_currency_id", readonly=True
    )
    is_ahead = fields.Boolean(readonly=True)
    _reminded_once = models.UniqueIndex(
        "(move_line_id) WHERE is_ahead", "An item is reminded of once before its due date."
    )

