from odoo import api, fields, models


class CollectionCase(models.Model):
    """What of a case is under a payment plan, and so not chased."""

    _inherit = "collection.case"

    plan_ids = fields.One2many("collection.plan", "case_id", "Payment Plans")
    amount_planned = fields.Monetary("In a Plan", compute="_compute_amount_planned", store=True)

    @api.depends("plan_ids.state", "plan_ids.item_ids", "dispute_ids.state", "dispute_ids.amount")
    def _compute_amount_planned(self):
        """What is still open of the items of a performing plan; payments ask for it again.

        What is contested of them counts as disputed, only the rest as planned.
        """
        for case in self:
            items = case.plan_ids.filtered(lambda plan: plan.state == "performing").item_ids
            planned = sum(items.mapped("amount_residual"))
            for dispute in case.dispute_ids.filtered(lambda dispute: dispute.state == "open"):
                both = sum((dispute.line_ids & items).mapped("amount_residual"))
                planned -= min(dispute.amount, both)
            case.amount_planned = planned
