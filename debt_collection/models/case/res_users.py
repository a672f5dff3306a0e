from odoo import api, fields, models
from odoo.exceptions import ValidationError

ABSENCE = ["collection_substitute_id", "collection_absent_from", "collection_absent_to"]


class ResUsers(models.Model):
    """Who stands in for a collector who is away."""

    _inherit = "res.users"

    collection_substitute_id = fields.Many2one(
        "res.users",
        "Stands In for Me",
        domain=[("share", "=", False)],
        copy=False,
        groups="debt_collection.group_collector",
    )
    collection_absent_from = fields.Date(
        "Away From", copy=False, groups="debt_collection.group_collector", help="Inclusive."
    )
    collection_absent_to = fields.Date(
        "Away To", copy=False, groups="debt_collection.group_collector", help="Inclusive."
    )

    @api.constrains(*ABSENCE)
    def _check_collection_absence(self):
        for user in self:
            start, end = user.collection_absent_from, user.collection_absent_to
            if bool(start) != bool(end) or (start and end < start):
                raise ValidationError(
                    self.env._(
                        "The absence of %(user)s needs a first and a last day, in this order.",
                        user=user.name,
                    )
                )
            if user.collection_substitute_id == user:
                raise ValidationError(
                    self.env._("%(user)s cannot stand in for themselves.", user=user.name)
                )

    @api.model
    def action_collection_absence(self):
        """Open the signed-in user's own absence: from, until, and who stands in."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("I Am Away"),
            "res_model": "res.users",
            "res_id": self.env.uid,
            "view_mode": "form",
            "views": [(self.env.ref("debt_collection.collection_absence_view_form").id, "form")],
            "target": "new",
        }

    def write(self, vals):
        """The managers hear of cases whose collector leaves."""
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        if leaving:
            self.env["collection.case"]._warn_of_departed(leaving)
        return result

    def _is_collection_absent(self, date):
        """Whether the user is away on the date."""
        self.ensure_one()
        # Absences are read by the jobs, which also work for users without the role.
        user_sudo = self.sudo()
        start, end = user_sudo.collection_absent_from, user_sudo.collection_absent_to
        return bool(start and start <= date <= end)

    def _get_collection_substitute(self, date=None):
        """The user, or while away, who stands in; nobody if that one is away too."""
        self.ensure_one()
        date = date or self.env.company._get_collection_today()
        if self.active and not self._is_collection_absent(date):
            return self
        stand_in = self.sudo().collection_substitute_id.with_env(self.env)
        if stand_in and stand_in.active and not stand_in._is_collection_absent(date):
            return stand_in
        return self.browse()

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802
        return super().SELF_READABLE_FIELDS + ABSENCE

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802
        return super().SELF_WRITEABLE_FIELDS + ABSENCE

