from odoo import api, fields, models


class CollectionCase(models.Model):
    """What of a case is under a payment plan, and so not chased."""

    _inherit = "collection.case"

    plan_ids = fields.One2many("collection.plan", "case_id", "Payment Plans")
    amount_planned = fields.Monetary("In a Plan", compute="_compute_amount_planned", store=True)

    @api.depends("plan_ids.state", "plan_ids.item_ids")
    def _compute_amount_planned(self):
        """What is still open of the items of a performing plan; payments ask for it again."""
        for case in self:
            contested = case.dispute_ids.filtered(lambda d: d.state == "open").line_ids
            items = case.plan_ids.filtered(lambda plan: plan.state == "performing").item_ids
            case.amount_planned = sum((items - contested).mapped("amount_residual"))
