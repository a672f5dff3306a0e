from odoo import api, models


class CollectionPromise(models.Model):
    """What follows when a promise is recorded, or broken: customer, or collector, hear of it."""

    _inherit = "collection.promise"

    @api.model
    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_created(self):
        news = self.filtered(lambda promise: promise.state == "open" and not promise.is_opening)
        news.case_id._notify_customers("promise")

    def _on_broken(self, as_of):
        """The chase resumes: a to-do for the collector, after two in a row also a step more."""
        for promise in self:
            case = promise.case_id
            if case.is_closed:
                continue
            case._ask_for_call(
                self.env._("Broken promise: %(promise)s", promise=promise.display_name), as_of
            )
            if promise._is_second_broken():
                case._tell_manager(
                    self.env._(
                        "Two promises in a row were broken, the last one: %(promise)s. The next"
                        " stage's step is scheduled.",
                        promise=promise.display_name,
                    )
                )
                case._advance_to_next_stage(as_of)
