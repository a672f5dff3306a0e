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

    def _judge_agreements_on_payment(self):
        """See at once whether the money that has just arrived keeps a promise or plan."""
        self.promise_ids._judge_on_payment()
        self.plan_ids._judge_on_payment()

    def _end_agreements(self):
        """Open promises and plans end with their case."""
        self.promise_ids.filtered(lambda promise: promise.state == "open").write(
            {"state": "cancelled"}
        )
        self.plan_ids.filtered(
            lambda plan: plan.state in ("draft", "approved", "performing")
        )._set_state("cancelled")

    def _recompute_held_amounts(self):
        """A payment of an item in a dispute or plan leaves less in it."""
        for name, held_by in (("amount_disputed", "dispute_ids"), ("amount_planned", "plan_ids")):
            self.env.add_to_compute(self._fields[name], self.filtered(held_by))
