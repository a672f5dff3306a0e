from odoo import fields, models


class CollectionProvisionItem(models.Model):
    """What of an allowance stands against one receivable item."""

    _name = "collection.provision.item"
    _description = "Item of a Provision"
    _inherit = "collection.mixin"
    _order = "provision_id desc, amount desc, id"
    _rec_name = "move_id"

    provision_id = fields.Many2one(
        "collection.provision", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "collection.provision.line", "Bucket", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="restrict")
    move_line_id = fields.Many2one(
        "account.move.line", "Journal Item", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Entry")
    date_due = fields.Date("Due Date")
    days_overdue = fields.Integer(aggregator="max")
    exposure = fields.Monetary()
    amount = fields.Monetary("Allowance")

