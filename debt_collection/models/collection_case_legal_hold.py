from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

HOLD_FIELDS = {"legal_hold", "legal_hold_reason"}


class CollectionCase(models.Model):
    """A legal hold keeps everything of a case: nothing is erased or archived meanwhile (P6.1)."""

    _inherit = "collection.case"

    legal_hold = fields.Boolean(
        tracking=True, copy=False,
        help="All papers of the case are evidence: nothing of it is erased or archived.",
    )
    legal_hold_reason = fields.Char("Why Kept", tracking=True, copy=False)
    active = fields.Boolean(default=True, copy=False)

    @api.constrains("legal_hold", "legal_hold_reason")
    def _check_legal_hold(self):
        for case in self:
            if case.legal_hold and not (case.legal_hold_reason or "").strip():
                raise ValidationError(
                    self.env._("The legal hold on the case %(case)s needs a reason.",
                               case=case.display_name)
                )

    @api.constrains("active", "stage")
    def _check_archived(self):
        for case in self:
            if not case.active and case.stage != "closed":
                raise ValidationError(
                    self.env._("The case %(case)s is open: it is closed before it is archived.",
                               case=case.display_name)
                )

    def _check_legal_hold_change(self, vals):
        if not self.env.su:
            if HOLD_FIELDS & vals.keys() and not self.env.user.has_group(
                "debt_collection.group_manager"
            ):
                raise AccessError(
                    self.env._("Only a collection manager sets or ends a legal hold.")
                )
            if vals.get("active") is False:
                raise UserError(
                    self.env._("Cases are archived by an approved proposal, see Archiving.")
                )
        if vals.get("active") is False:
            self._check_no_legal_hold()

    def _check_no_legal_hold(self):
        """Raise a ``UserError`` naming the first of these cases that is under legal hold."""
        for case in self:
            if case.legal_hold:
                raise UserError(
                    self.env._(
                        "The case %(case)s is under legal hold (%(reason)s): nothing of it is"
                        " erased or archived.",
                        case=case.display_name, reason=case.legal_hold_reason,
                    )
                )
