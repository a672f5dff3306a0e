from odoo import api, models


class CollectionActivity(models.Model):
    """What follows when a contact is recorded and confirmed.

    Rules, promises, steps and to-dos are for contacts made here: from imported history nothing
    follows but its seal.
    """

    _inherit = "collection.activity"

    @api.model
    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_confirming(self):
        made_here = self.filtered(lambda activity: not activity.is_opening)
        for activity in made_here:
            activity._apply_rule()
        for activity in made_here:
            activity._take_promise()
            if activity.letter_id:
                activity._match_letter_step()
            else:
                activity._match_step()

    def _on_confirmed(self):
        made_here = self.filtered(lambda activity: not activity.is_opening)
        for activity in made_here:
            activity._finish_to_do()
            activity._plan_next_action()
            if activity.report_to_manager:
                activity._report()
        # Sealed last: who holds the end of the chain lets others wait.
        made_here._seal()
        (self - made_here)._seal()

    def _on_promise_withdrawn(self):
        self.case_id._tell_promise_withdrawn()
