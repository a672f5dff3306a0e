from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_guard import OURS


class CollectionCase(models.Model):
    """The task force of a severe case (P3.6)."""

    _inherit = "collection.case"

    task_force_ids = fields.One2many("collection.task.force", "case_id", "Task Forces")
    task_force_id = fields.Many2one(
        "collection.task.force", "Task Force at Work", compute="_compute_task_force_id"
    )

    @api.depends("task_force_ids.state")
    def _compute_task_force_id(self):
        for case in self:
            case.task_force_id = case.task_force_ids.filtered(
                lambda force: force.state == "active"
            )[:1]

    @api.constrains("lead_id")
    def _check_lead_is_member(self):
        """The lead sees the case like every member."""
        for case in self.filtered("lead_id"):
            if case.lead_id not in case.member_ids:
                case.member_ids += case.lead_id

    def write(self, vals):
        result = super().write(vals)
        if (
            {"lead_id", "member_ids"} & vals.keys()
            and self.env.context.get("collection_task_force_kept") is not OURS
        ):
            # Who changes the people of a case need not be invited to its meetings.
            self.sudo().task_force_id._follow_people()
        return result

    def _needs_task_force(self):
        """Whether the policy gives the case a task force by itself."""
        self.ensure_one()
        policy = self._get_policy()
        return (
            self.stage == "severe"
            and policy.task_force_auto
            and self.currency_id.compare_amounts(
                self.amount_overdue, policy.task_force_amount
            ) >= 0
        )

    def _escalate_batch(self, company, as_of):
        counts = super()._escalate_batch(company, as_of)
        self.env["collection.task.force"]._keep(self, as_of)
        return counts

    def _cancel_scheduled(self):
        """Nothing stays scheduled on a closed case: its task force ends."""
        result = super()._cancel_scheduled()
        # Whoever posts the payment has no right on task forces.
        forces_sudo = self.env["collection.task.force"].sudo().search(
            [("case_id", "in", self.ids), ("state", "=", "active")]
        )
        for company, forces in forces_sudo.grouped("company_id").items():
            forces._end(company._get_collection_today())
        return result

    def action_form_task_force(self):
        """Set up the task force now; open it."""
        self.ensure_one()
        if self.is_closed:
            raise UserError(
                self.env._(
                    "The case %(case)s is closed: it needs no task force.", case=self.display_name
                )
            )
        force = self.task_force_id
        if not force:
            today = self.company_id._get_collection_today()
            force = self.env["collection.task.force"]._form(self, today)
            force._plan_meetings(today)
            force._plan_reviews(today)
        return force._get_records_action()

    @api.readonly
    def action_view_task_force(self):
        self.ensure_one()
        return self.task_force_ids.sorted("state")[:1]._get_records_action()
