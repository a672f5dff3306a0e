from odoo import api, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    """Who logged activities stays on record."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_activities(self):
        # Whoever deletes users need not see what they logged.
        logged_sudo = self.env["collection.activity"].sudo().search(
            [("user_id", "in", self.ids)], limit=1
        )
        if logged_sudo:
            raise UserError(
                self.env._(
                    "%(user)s has logged collection activities, which stay on record. Archive"
                    " the user instead, and give the open cases to a colleague.",
                    user=logged_sudo.user_id.name,
                )
            )
