from odoo import api, models
from odoo.exceptions import UserError

# What the ledger and the steps write; a client that calls the server directly does not.
KEPT_FIGURES = {
    "name", "tier_id", "tier_code", "date_oldest_due", "amount_overdue", "amount_to_collect",
    "amount_promised", "amount_disputed", "amount_planned", "collection_state", "close_reason",
    "date_closed", "limitation_date", "waive_reason",
}
# What a manager may put right, and a collector may not.
KEPT_FROM_COLLECTORS = {
    "date_open", "priority", "priority_parts", "date_escalated", "date_last_contact", "cycle",
}
# How and when a case of before ended is in the file; how one of ours ends, the steps write.
ENDING = {"date_closed", "close_reason"}


class CollectionCase(models.Model):
    """The figures of a case follow the ledger: nobody writes them, whatever the client (P6.3)."""

    _inherit = "collection.case"

    def _check_figures_not_typed(self, vals):
        if self.env.su:
            return
        kept = KEPT_FIGURES & vals.keys()
        if not self.env.user.has_group("debt_collection.group_manager"):
            kept |= KEPT_FROM_COLLECTORS & vals.keys()
        if kept:
            raise UserError(self._get_words_figures_kept(min(kept)))

    @api.model
    def _check_figures_not_typed_at_creation(self, vals_list):
        """Figures are not typed when a case is made, either."""
        if self.env.su:
            return
        typed = KEPT_FIGURES - (ENDING if self._is_opening_import() else set()) - {"name"}
        for vals in vals_list:
            if kept := typed & {name for name, value in vals.items() if value}:
                raise UserError(self._get_words_figures_kept(min(kept)))

    @api.model
    def _get_words_figures_kept(self, name):
        return self.env._(
            "“%(field)s” of a case follows the ledger and the steps; it is not typed.",
            field=self._fields[name]._description_string(self.env),
        )
