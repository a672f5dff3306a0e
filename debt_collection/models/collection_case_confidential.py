from odoo import Command, fields, models
from odoo.exceptions import AccessError

CONFIDENTIAL_FIELDS = {"is_confidential", "confidential_user_ids"}


class CollectionCase(models.Model):
    """Confidential cases: open to the people named alone, and each opening is noted (P1.4)."""

    _inherit = "collection.case"

    is_confidential = fields.Boolean(
        "Confidential", tracking=True, copy=False,
        help="Only the people named see the case; who opens it is noted.",
    )
    confidential_user_ids = fields.Many2many(
        "res.users", "collection_case_confidential_rel", "case_id", "user_id", "Open To",
        copy=False, domain=[("share", "=", False)],
    )
    access_log_ids = fields.One2many("collection.access.log", "case_id", "Opened By")

    def _check_confidential_change(self, vals):
        if CONFIDENTIAL_FIELDS & vals.keys() and not self.env.su:
            if not self.env.user.has_group("debt_collection.group_manager"):
                raise AccessError(
                    self.env._("Only a collection manager says who may see a case.")
                )

    def _open_to_team(self, vals):
        """Who works on a confidential case sees it, whichever way they came to it."""
        if {"is_confidential", "user_id", "lead_id", "member_ids"} & vals.keys():
            # Those who work on it are named with it, and so is who decides.
            for case_sudo in self.sudo().filtered("is_confidential"):
                team = case_sudo.user_id | case_sudo.lead_id | case_sudo.member_ids
                if vals.get("is_confidential") and not self.env.su:
                    team |= self.env.user
                case_sudo.confidential_user_ids = [Command.link(user.id) for user in team]

    def read(self, fields=None, load="_classic_read"):
        """Opening one confidential case is noted; lists cost nothing."""
        result = super().read(fields, load)
        if len(self) == 1 and not self.env.su and result:
            self._log_access_to_confidential()
        return result

    def _log_access_to_confidential(self):
        # Whether it is confidential is asked of everybody who reads it.
        if not self.sudo().is_confidential:
            return
        if self.env.cr.readonly:
            # Read on a replica: the log is written on the primary.
            with self.env.registry.cursor() as cr:
                self.with_env(self.env(cr=cr))._log_access()
        else:
            self._log_access()

    def _log_access(self):
        # Written by the system: nobody has a right to write the log.
        self.env["collection.access.log"].sudo().create({
            "case_id": self.id,
            "user_id": self.env.uid,
            "date": self.env.cr.now().replace(microsecond=0),
        })
