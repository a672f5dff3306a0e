from odoo import api, fields, models

from ..base.collection_guard import is_uninstalling


class CollectionOverdueListLine(models.Model):
    """An overdue item as it was on the day of the list: values, not links (P3.2)."""

    _name = "collection.overdue.list.line"
    _description = "Overdue List Item"
    _inherit = "collection.mixin"
    _order = "list_id, days_overdue desc, partner_name, id"

    list_id = fields.Many2one(
        "collection.overdue.list", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="list_id.company_id", store=True, index=True)
    company_currency_id = fields.Many2one(
        related="list_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one("res.partner", "Customer Record", ondelete="set null")
    partner_name = fields.Char("Customer")
    move_line_id = fields.Many2one("account.move.line", "Journal Item", ondelete="set null")
    move_name = fields.Char("Item")
    date_invoice = fields.Date("Invoice Date")
    date_due = fields.Date("Due Date")
    currency_id = fields.Many2one("res.currency")
    amount_original = fields.Monetary("Original Amount", help="In the item's currency.")
    amount_open = fields.Monetary("Open Amount", help="In the item's currency.")
    amount_open_company = fields.Monetary(
        "Open in Company Currency", currency_field="company_currency_id"
    )
    days_overdue = fields.Integer(aggregator="max")
    tier_id = fields.Many2one("collection.tier", "Tier Record", ondelete="set null")
    tier_name = fields.Char("Tier")
    user_id = fields.Many2one("res.users", "Collector", ondelete="set null")
    salesperson_id = fields.Many2one("res.users", ondelete="set null")
    date_last_contact = fields.Datetime("Last Contact")
    date_promised = fields.Date("Promised For")
    amount_promised = fields.Monetary("Promised Amount", currency_field="company_currency_id")

    @api.model_create_multi
    def create(self, vals_list):
        self.list_id.browse(filter(None, (v.get("list_id") for v in vals_list)))._check_draft()
        lines = super().create(vals_list)
        lines.list_id._check_draft()
        return lines

    def write(self, vals):
        self.list_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_signed(self):
        if is_uninstalling(self):
            return
        self.list_id._check_draft()

