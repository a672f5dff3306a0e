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

    def _tell_task_force_of_people(self):
        """Lead or members were written; the task force itself need not be told of its own."""
        if self.env.context.get("collection_task_force_kept") is not OURS:
            # Who changes the people of a case need not be invited to its meetings.
            self.sudo().task_force_id._follow_people()

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

    def _end_task_force(self):
        # Whoever posts the payment has no right on task forces.
        forces_sudo = self.env["collection.task.force"].sudo().search(
            [("case_id", "in", self.ids), ("state", "=", "active")]
        )
        for company, forces in forces_sudo.grouped("company_id").items():
            forces._end(company._get_collection_today())

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
