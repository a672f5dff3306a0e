from odoo import api, models
from odoo.exceptions import AccessError, UserError

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


class CollectionCase(models.Model):
    """The figures of a case follow the ledger: nobody writes them, whatever the client (P6.3)."""

    _inherit = "collection.case"

    def write(self, vals):
        if not self.env.su:
            kept = KEPT_FIGURES & vals.keys()
            if not self.env.user.has_group("debt_collection.group_manager"):
                kept |= KEPT_FROM_COLLECTORS & vals.keys()
            if kept:
                raise UserError(self._get_words_figures_kept(min(kept)))
            if vals.get("stage") == "closed":
                self._check_role_to_close()
        return super().write(vals)

    @api.model
    def _get_words_figures_kept(self, name):
        return self.env._(
            "“%(field)s” of a case follows the ledger and the steps; it is not typed.",
            field=self._fields[name]._description_string(self.env),
        )

    def _check_role_to_close(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._("Only a collection manager closes a case by hand or opens it again.")
            )

    def _check_can_close(self):
        if not self.env.su:
            self._check_role_to_close()
        return super()._check_can_close()

    def _do_close(self, reason):
        self.check_access("write")
        # Checked above; how a case ended is written by the steps alone.
        return super(CollectionCase, self.sudo())._do_close(reason)

    def action_reopen(self):
        if not self.env.su:
            self._check_role_to_close()
            self.check_access("write")
        # Checked above, as for closing.
        return super(CollectionCase, self.sudo()).action_reopen()
