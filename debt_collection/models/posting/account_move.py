from odoo import models
from odoo.exceptions import UserError

from ..base.collection_guard import OURS


class AccountMove(models.Model):
    """Entries of collection results are undone where they came from, so that both agree."""

    _inherit = "account.move"

    def _check_draftable(self):
        result = super()._check_draftable()
        self._on_reset_to_draft()
        return result

    def _on_reset_to_draft(self):
        """Called before entries are set back to draft; raises if they may not be.

        Implemented in models/flow/account_move.py.
        """

    def _check_collection_posting(self, models_posted):
        """Raise a ``UserError`` if a posted result of collection owns one of the entries.

        :param models_posted: models whose posted records own the entry in ``move_id``
        """
        if self.env.context.get("collection_posting_undo") is OURS:
            return
        for model in models_posted:
            # Whoever resets entries need not see the results.
            record_sudo = self.env[model].sudo().search(
                [("move_id", "in", self.ids), ("state", "=", "posted")], limit=1
            )
            if record_sudo:
                raise UserError(
                    self.env._(
                        "%(move)s is the entry of %(record)s: undo it there, which opens the"
                        " items again.",
                        move=record_sudo.move_id.name,
                        record=record_sudo.display_name,
                    )
                )

