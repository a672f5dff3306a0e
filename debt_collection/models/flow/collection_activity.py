from odoo import api, models


class CollectionActivity(models.Model):
    """What follows when a contact is recorded and confirmed.

    Rules, promises, steps and to-dos are for contacts made here: from imported history nothing
    follows but its seal.
    """

    _inherit = "collection.activity"

    _sealed_fields = (
        "case_id", "date", "method", "direction", "outcome", "contact_id", "user_id",
        "reason_id", "promise_id", "corrects_id", "limitation_event", "participant_ids",
        "amount_promised", "date_promised", "next_method", "next_date", "report_to_manager",
        "state", "duration", "rule_breach", "override_reason", "override_by_id",
    )
    _sealed_personal = ("feedback", "place", "next_note", "attachment_ids")

    @api.model
    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_confirming(self):
        made_here = self.filtered(lambda activity: not activity.is_opening)
        for activity in made_here:
            # E-mails of steps were checked before they left.
            if not (activity.method == "email" and activity.case_step_id and self.env.su):
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
