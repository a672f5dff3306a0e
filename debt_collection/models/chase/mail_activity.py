from odoo import api, fields, models
from odoo.exceptions import RedirectWarning


class MailActivity(models.Model):
    """To-dos of a case: a contact is recorded, not just ticked off (P3.7)."""

    _name = "mail.activity"
    _inherit = ["collection.kept", "mail.activity"]

    # Who ends a to-do ends the step behind it: which step that is, is no person's to say.
    collection_step_id = fields.Many2one(
        "collection.case.step", index="btree_not_null", ondelete="cascade", readonly=True
    )

    def _action_done(self, feedback=False, attachment_ids=None):
        self._check_contact_recorded(feedback)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # Whoever may end the to-do ends the step behind it.
        for step_sudo in self.sudo().collection_step_id.filtered(lambda s: s.state == "planned"):
            today = step_sudo.company_id._get_collection_today()
            step_sudo.write({"state": "done", "date_done": today})
        return result

    def _check_contact_recorded(self, feedback):
        """Raise a ``RedirectWarning`` to the contact's form unless the contact is recorded."""
        # The contact may be another person's; what counts is that it is on record.
        answered_sudo = self.env["collection.activity"].sudo().search([
            ("mail_activity_id", "in", self.ids), ("state", "=", "confirmed"),
        ]).mail_activity_id
        for activity in self._on_asking_contact(self - answered_sudo):
            method = activity.activity_type_id.collection_method
            # Whoever ends the to-do need not see its step.
            if activity.sudo().collection_step_id.step_id.is_preparation:
                raise RedirectWarning(
                    self.env._("“%(to_do)s” is done in one form: customer, documents, plan.",
                               to_do=activity.display_name),
                    self.env.ref("debt_collection.collection_case_action_preparation").id,
                    self.env._("Prepare the Case"),
                    {"active_model": "collection.case", "active_id": activity.res_id,
                     "active_ids": [activity.res_id]},
                )
            if activity.res_model == "collection.case" and method:
                raise RedirectWarning(
                    self.env._(
                        "“%(to_do)s” is done by recording the contact: when, how, and what was"
                        " said.",
                        to_do=activity.display_name,
                    ),
                    self.env.ref("debt_collection.collection_activity_action_quick").id,
                    self.env._("Record the Contact"),
                    {
                        "default_case_id": activity.res_id,
                        "default_method": method,
                        "default_case_step_id": activity.collection_step_id.id,
                        "default_mail_activity_id": activity.id,
                        "default_feedback": feedback or False,
                    },
                )

    @api.model
    def _on_asking_contact(self, to_dos):
        """Called for to-dos that are done without a contact on record.

        :return: those of them that are done by a contact. Implemented in
            models/flow/mail_activity.py.
        """
        return to_dos

    def unlink(self):
        """A to-do that a person deletes drops its step, which then counts as not done."""
        steps_sudo = self.sudo().collection_step_id.filtered(lambda s: s.state == "planned")
        steps_sudo.write({"state": "cancelled", "cancel_reason": "other"})
        return super().unlink()
