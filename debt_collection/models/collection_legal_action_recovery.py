from odoo import api, fields, models

from .collection_legal_action import RUNNING


class CollectionLegalAction(models.Model):
    """What an action cost and what it brought."""

    _inherit = "collection.legal.action"

    is_running = fields.Boolean(compute="_compute_is_running", search="_search_is_running")
    cost_ids = fields.One2many("collection.legal.cost", "action_id", "Costs")
    amount_cost = fields.Monetary("Total Costs", compute="_compute_amount_cost", store=True)
    amount_recovered = fields.Monetary(
        "Recovered", compute="_compute_amount_recovered",
        help="Cash on the claimed items since the claim was filed, or since the lawyer letter"
        " if nothing was filed; credit notes and write-offs do not count.",
    )
    amount_recovered_final = fields.Monetary(readonly=True, copy=False)
    amount_net = fields.Monetary("Recovered Less Costs", compute="_compute_amount_recovered")

    @api.depends("state")
    def _compute_is_running(self):
        for action in self:
            action.is_running = action.state in RUNNING

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in" if True in value else "not in", RUNNING)]

    @api.depends("cost_ids.amount")
    def _compute_amount_cost(self):
        sums = dict(
            self.env["collection.legal.cost"]._read_group(
                [("action_id", "in", self.ids)], ["action_id"], ["amount:sum"]
            )
        )
        for action in self:
            action.amount_cost = sums.get(action._origin, 0) if action._origin else sum(
                action.cost_ids.mapped("amount")
            )

    @api.depends("date_filed", "date_letter", "state", "item_ids", "amount_cost",
                 "amount_recovered_final", "case_id.amount_overdue")
    def _compute_amount_recovered(self):
        spans, items = [], {}
        for action in self._origin:
            start = action.date_filed or action.date_letter
            if action.state != "closed" and start and action.item_ids:
                today = action.company_id._get_collection_today()
                spans.append((action.id, action.case_id.id, start, today))
                items[action.id] = action.item_ids.ids
        # The books say it, whoever may open the payments.
        received = self.env["collection.case"].sudo()._get_cash_received(spans, items)
        for action in self:
            action.amount_recovered = (
                action.amount_recovered_final
                if action.state == "closed"
                else float(received.get(action._origin.id, 0))
            )
            action.amount_net = action.amount_recovered - action.amount_cost
