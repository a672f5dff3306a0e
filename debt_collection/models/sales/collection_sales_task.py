from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.collection_guard import with_ours


class CollectionSalesTask(models.Model):
    """What collectors ask of sales or finance, and the answer (P2.3, P2.4).

    “Bring the signed delivery note”, “what do we know of the customer's ability to pay?” A
    salesperson sees the task and the customer, never the case behind it (P1.4).
    """

    _name = "collection.sales.task"
    _description = "Task for Sales or Finance"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "state desc, date_deadline, id"
    _check_company_auto = True

    name = fields.Char("What Is Needed", required=True)
    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True,
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True)
    department = fields.Selection(
        [("sales", "Sales"), ("finance", "Finance")], "Asked Of", required=True,
        default="sales",
    )
    user_id = fields.Many2one(
        "res.users", "Colleague", required=True, domain="[('share', '=', False)]", index=True,
        compute="_compute_user_id", store=True, readonly=False, precompute=True,
    )
    asked_by_id = fields.Many2one(
        "res.users", "Asked For By", required=True, readonly=True,
        default=lambda self: self.env.user,
    )
    date_deadline = fields.Date(
        "Answer By", required=True, help="Inclusive.",
        default=lambda self: fields.Date.add(self.env.company._get_collection_today(), days=3),
    )
    answer = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered"), ("cancelled", "Cancelled")],
        required=True, default="open", readonly=True, index=True,
    )
    date_answered = fields.Date("Answered On", readonly=True)
    _people_first_state = "open"
    _people_create = {"case_id", "department"}
    # A salesperson writes the answer alone.
    _people_roles = {"name": "collector", "user_id": "collector", "date_deadline": "collector"}
    _people_write = {"open": {"name", "user_id", "date_deadline", "answer", "attachment_ids"}}

    @api.depends("partner_id", "department")
    def _compute_user_id(self):
        """The customer's salesperson, or the policy's contact in finance."""
        for task in self:
            if task.department == "finance":
                # Whom to ask is no secret; the policy of a case may be.
                task.user_id = task.user_id or task.sudo().case_id._get_responsible("finance")
            else:
                task.user_id = task.user_id or task.partner_id.user_id

    @api.constrains("user_id", "name")
    def _check_user(self):
        for task in self:
            if not task.user_id.active or task.user_id.share:
                raise ValidationError(
                    self.env._("Choose a colleague in sales for “%(task)s”.", task=task.name)
                    if task.department == "sales"
                    else self.env._("Choose a colleague in finance for “%(task)s”.", task=task.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        default_id = self.env.context.get("default_case_id")
        cases = self.env["collection.case"].browse(
            vals.get("case_id") or default_id for vals in vals_list
        )
        cases.check_access("read")
        vals_list = [
            with_ours(vals, company_id=case.company_id.id, partner_id=case.partner_id.id)
            for vals, case in zip(vals_list, cases, strict=True)
        ]
        tasks = super().create(vals_list)
        for task in tasks:
            task.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=task.date_deadline,
                summary=task.name,
                user_id=task.user_id.id,
            )
        return tasks

    def action_answer(self):
        """The colleague has answered: the collector reads it in the log of the case."""
        self.check_access("write")
        for task in self:
            if task.state != "open":
                raise UserError(
                    self.env._("“%(task)s” was answered already.", task=task.display_name)
                )
            if not (task.answer or "").strip():
                raise UserError(
                    self.env._("Write an answer to “%(task)s” first.", task=task.display_name)
                )
            # A salesperson has no right on the case that the answer goes to.
            task.sudo()._do_answer(self.env.user)

    def _do_answer(self, user):
        self.ensure_one()
        self.write(with_ours(
            {}, state="answered", date_answered=self.company_id._get_collection_today()
        ))
        self.activity_ids.action_feedback(feedback=self.answer)
        self.case_id.message_post(
            body=self.env._(
                "%(user)s answers “%(task)s”: %(answer)s",
                user=user.name, task=self.name, answer=self.answer,
            ),
            author_id=user.partner_id.id,
            partner_ids=self.asked_by_id.partner_id.ids,
            attachment_ids=self.attachment_ids.copy({"res_model": False, "res_id": 0}).ids,
            subtype_xmlid="mail.mt_note",
            message_type="comment",
        )

    def action_cancel(self):
        """The task is not needed any more."""
        self.check_access("write")
        if not self.env.user.has_group("debt_collection.group_collector"):
            raise UserError(self.env._("Whoever asked for it cancels a task."))
        tasks_sudo = self.sudo().filtered(lambda task: task.state == "open")
        tasks_sudo.write({"state": "cancelled"})
        tasks_sudo.activity_ids.unlink()

