from odoo import models


class CollectionCharge(models.Model):
    """Whose turn it is: a to-do for the manager, for finance, or for who asked."""

    _inherit = "collection.charge"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._plan_todo()
        return result

    def _plan_todo(self):
        """Replace the to-do of the step before by that of the step that comes."""
        words = {
            "requested": self.env._("Approve or refuse late charges"),
            "approved": self.env._("Post the debit note for late charges"),
            "waiving": self.env._("Post the credit note for waived late charges"),
            "refused": self.env._("Late charges were refused"),
        }
        # Whoever takes a step need not have a right on the to-dos of the others.
        for charge_sudo in self.sudo():
            charge_sudo.activity_unlink(["mail.mail_activity_data_todo"])
            user = charge_sudo._get_next_user()
            if user:
                charge_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=words[charge_sudo.state],
                    user_id=user.id,
                    date_deadline=charge_sudo.company_id._get_collection_today(),
                )

    def _get_next_user(self):
        """Who takes the next step; nobody where none is named."""
        self.ensure_one()
        case = self.case_id
        policy = case.policy_id or case.policy_id._get_default(self.company_id)
        if self.state == "requested":
            user = case.manager_id or policy.manager_id
            return user if user != self.requested_by_id else user.browse()
        if self.state in ("approved", "waiving"):
            return policy.finance_user_id
        if self.state == "refused":
            return self.requested_by_id
        return self.env["res.users"]
