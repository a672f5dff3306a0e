from datetime import timedelta

from odoo import api, models

NOTICE_DELAY = timedelta(minutes=1)
"""How long a confirmation waits, so that a promise entered by mistake can be taken back."""


class CollectionPromise(models.Model):
    """What follows when a promise is recorded, or broken: customer, or collector, hear of it."""

    _inherit = "collection.promise"

    @api.model
    def _on_creating(self, vals_list):
        return self._prepare_opening(vals_list)

    def _on_created(self):
        news = self.filtered(lambda promise: promise.state == "open" and not promise.is_opening)
        mails_sudo = news.case_id._notify_customers("promise", NOTICE_DELAY)
        # Nobody has a right on e-mails; a promise taken back takes its own along.
        for mail_sudo in mails_sudo:
            news.sudo().filtered(
                lambda promise, mail_sudo=mail_sudo: promise.case_id.id == mail_sudo.res_id
            ).notice_mail_id = mail_sudo

    def _on_taken_back(self):
        # The customer is not told of what was a mistake.
        mails_sudo = self.sudo().notice_mail_id
        mails_sudo.filtered(lambda mail: mail.state == "outgoing").cancel()

    def _on_changed(self, names):
        # Its case need not be the user's to write.
        self.sudo().case_id._touch_positions()

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
                words = self.env._(
                    "Two promises in a row were broken, the last one: %(promise)s.",
                    promise=promise.display_name,
                )
                if case._advance_to_next_stage(as_of):
                    words += " " + self.env._("The next stage's step is scheduled.")
                case._tell_manager(words)
