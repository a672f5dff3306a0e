from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools.steps import stage_of_tier


class CollectionCase(models.Model):
    """The legal stage: a manager's decision, on the way in and on the way out (P3.6)."""

    _inherit = "collection.case"

    def _check_legal_stage_change(self, vals):
        if "stage" in vals and not self.env.su:
            changed = self.filtered(
                lambda case: case.stage != vals["stage"] and "legal" in (case.stage, vals["stage"])
            )
            if changed:
                changed._check_can_change_legal()

    def _check_can_change_legal(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._(
                    "Only a collection manager takes the case %(case)s to the legal stage or out"
                    " of it.",
                    case=self[:1].display_name,
                )
            )

    def action_move_to_legal(self):
        """Take the case to the legal stage; counsel is consulted before (P6.1)."""
        self._check_can_change_legal()
        for case in self:
            if case.stage in ("legal", "closed"):
                raise UserError(
                    self.env._(
                        "The case %(case)s is closed or at the legal stage already.",
                        case=case.display_name,
                    )
                )
        self.write({"stage": "legal"})

    def action_leave_legal(self):
        """Go on without the courts, at the stage of the worst overdue item."""
        self._check_can_change_legal()
        for case in self:
            if case.stage != "legal":
                raise UserError(
                    self.env._(
                        "The case %(case)s is not at the legal stage.", case=case.display_name
                    )
                )
            ladder = self.env["collection.tier"]._get_ladder(case.company_id)
            position = ladder.ids.index(case.tier_id.id) if case.tier_id in ladder else 0
            case.write({"stage": stage_of_tier(position, len(ladder))})
