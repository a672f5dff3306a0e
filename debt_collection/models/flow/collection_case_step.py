from odoo import models


class CollectionCaseStep(models.Model):
    """What follows when a step is carried out, done, dropped or taken up again: its letter."""

    _inherit = "collection.case.step"

    def _on_carried_out(self, as_of):
        # The to-do stays until the letter is sent. After a pause it is written anew, from the
        # ledger of the day.
        self._draft_step_letters(as_of)

    def _on_cancelled(self, reason):
        reasons = dict(self._fields["cancel_reason"]._description_selection(self.env))
        self._drop_letters(
            self.env._("The step was dropped: %(reason)s", reason=reasons.get(reason, ""))
        )

    def _on_done(self):
        self._drop_letters(self.env._("The step was done by another letter."))
