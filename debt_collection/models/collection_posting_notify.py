from odoo import fields, models


class CollectionPosting(models.AbstractModel):
    """To-dos that follow a request to whoever is next: the manager, then finance."""

    _inherit = "collection.posting"

    def _notify_requested(self):
        for record in self:
            record._ask_next(
                "manager", self.env._("Approve %(record)s", record=record.display_name)
            )

    def _notify_approved(self):
        for record in self:
            record._end_to_dos()
            if record.state == "approved":
                record._ask_next(
                    "finance", self.env._("Post %(record)s", record=record.display_name)
                )

    def _notify_ended(self):
        self._end_to_dos()

    def _ask_next(self, role, summary):
        """A to-do for the manager or finance contact of the customer's policy, if it is another.

        :param str role: ``manager`` or ``finance``
        """
        self.ensure_one()
        # Whoever asks need not see the case or the policy.
        record_sudo = self.sudo()
        case_sudo = record_sudo.case_id if "case_id" in self._fields else False
        policy_sudo = self.env["collection.policy"]._get_default(record_sudo.company_id)
        if case_sudo and case_sudo.policy_id:
            policy_sudo = case_sudo.policy_id
        user = {
            "manager": (case_sudo and case_sudo.manager_id) or policy_sudo.manager_id,
            "finance": policy_sudo.finance_user_id,
        }[role]
        if user and user != self.env.user and hasattr(self, "activity_schedule"):
            record_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.context_today(self),
                summary=summary,
                user_id=(user._get_collection_substitute() or user).id,
            )

    def _end_to_dos(self):
        """Nobody is asked any more; the to-dos of these records that people made stay."""
        if hasattr(self, "activity_unlink"):
            self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
