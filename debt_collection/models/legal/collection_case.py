from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.steps import stage_of_tier


class CollectionCase(models.Model):
    """The legal side of a case: its actions, its stage, its limitation clock."""

    _inherit = "collection.case"

    legal_action_ids = fields.One2many("collection.legal.action", "case_id", "Legal Actions")
    legal_action_count = fields.Integer(compute="_compute_legal_action_count")

    limitation_id = fields.Many2one(
        "collection.limitation", "First Time-Barred", readonly=True, copy=False,
        ondelete="set null", index="btree_not_null",
    )
    limitation_ids = fields.One2many("collection.limitation", "case_id", "Limitations")
    limitation_event = fields.Char("Limitation Rests On", related="limitation_id.event")
    _people_write = {"*": {"legal_action_ids"}}

    @api.depends("legal_action_ids")
    def _compute_legal_action_count(self):
        counts = dict(
            self.env["collection.legal.action"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.legal_action_count = counts.get(case, 0)

    def _ask_to_end_legal_actions(self):
        """A case that closes leaves its legal actions to their responsible: a suit is withdrawn
        or closed by people, with its outcome."""
        # Whoever posts the payment need not see the action.
        for action_sudo in self.sudo().legal_action_ids.filtered("is_running"):
            if action_sudo.user_id:
                action_sudo.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("The case is closed: withdraw or close the legal action"),
                    user_id=action_sudo.user_id.id,
                )

    @api.readonly
    def action_view_legal_actions(self):
        """The legal actions of the case; a new one is prepared if there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_legal_action_action"
        )
        action["domain"] = [("case_id", "=", self.id)]
        action["context"] = {"default_case_id": self.id}
        if self.legal_action_count < 2:
            action.update(
                views=[(False, "form")], view_mode="form", res_id=self.legal_action_ids[:1].id
            )
        return action

    # The legal stage: a manager's decision, on the way in and on the way out (P3.6).

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

    # The limitation clock of a case: the first of its items that will be time-barred.

    @api.model
    def _update_limitation_of(self, company, as_of=None):
        today = fields.Date.to_date(as_of) or company._get_collection_today()
        localized = company._in_collection_language(self.with_company(company))
        return localized.env["collection.limitation"]._update_limitations(company, today)

    def _refresh_limitation(self):
        """Bring the dates of these cases up to date, outside the nightly run."""
        for company, cases in self.grouped("company_id").items():
            self.env["collection.limitation"]._update_limitations(
                company, company._get_collection_today(), cases
            )

    def _prepare_limitation_to_do(self, limitations, as_of, role):
        """A to-do on the case that its items are time-barred soon, or are by now."""
        self.ensure_one()
        first = min(limitations, key=lambda limitation: limitation.date_limit)
        values = {
            "item": first.move_id.name or first.line_id.name,
            "count": len(limitations),
            "date": format_date(self.env, first.date_limit),
            "days": (first.date_limit - as_of).days,
        }
        if values["days"] < 0:
            summary = self.env._("Time-barred since %(date)s: %(item)s", **values)
        else:
            summary = self.env._(
                "Limitation: %(item)s can be claimed until %(date)s, %(days)s days left", **values
            )
        if len(limitations) > 1:
            summary = self.env._("%(summary)s; %(count)s items", summary=summary, **values)
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "summary": summary,
            "date_deadline": as_of,
            "user_id": self._get_responsible(role).id,
        }

