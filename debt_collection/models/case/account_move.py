from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """The case that chases an invoice: that of its worst item, as its items remember it."""

    _inherit = "account.move"

    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case_id",
        search="_search_collection_case_id",
    )

    @api.depends("line_ids.collection_case_id", "line_ids.collection_tier_id")
    def _compute_collection_case_id(self):
        cases = self._get_of_worst_item("collection_case_id")
        for move in self:
            move.collection_case_id = cases.get(move._origin.id)

    @api.model
    def _search_collection_case_id(self, operator, value):
        if operator == "any":
            return Domain("line_ids.collection_case_id", "any", value)
        if operator != "in":
            return NotImplemented
        found = Domain("line_ids.collection_case_id", "in", [case for case in value if case])
        if False in value:
            found |= ~Domain("line_ids.collection_case_id", "!=", False)
        return found
