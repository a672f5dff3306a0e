from odoo import fields, models


class CollectionLetterRunLine(models.TransientModel):
    _name = "collection.letter.run.line"
    _description = "Customer in a Letter Run"
    _inherit = "collection.mixin"
    _order = "is_chosen desc, amount desc, id"

    run_id = fields.Many2one("collection.letter.run", required=True, ondelete="cascade")
    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    tier_id = fields.Many2one(related="case_id.tier_id", string="Highest Overdue Band")
    user_id = fields.Many2one(related="case_id.user_id", string="Collector")
    contact_id = fields.Many2one("res.partner", "Addressed To")
    template_id = fields.Many2one("collection.letter.template")
    channel = fields.Selection(
        lambda self: self.env["collection.letter"]._get_channels(), required=True
    )
    item_count = fields.Integer("Items")
    currency_id = fields.Many2one(related="run_id.currency_id")
    amount_credit = fields.Monetary("Unapplied Credits")
    amount = fields.Monetary("Amount Due")
    reason = fields.Char("Reason Skipped", readonly=True)
    is_chosen = fields.Boolean("Send")

