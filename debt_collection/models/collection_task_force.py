from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang


class CollectionTaskForce(models.Model):
    """The people who take care of a severe case together, and their plan (P3.6).

    Lead and members are those of the case while the task force is at work; they are kept here
    when it ends. Members of any department see this record, with customer, amounts and items,
    but not the collectors' log of the case (P1.4).
    """

    _name = "collection.task.force"
    _description = "Task Force"
    _inherit = ["collection.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "state, date_meeting, id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="case_id.currency_id")
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer", store=True)
    stage = fields.Selection(related="case_id.stage")
    collector_id = fields.Many2one(related="case_id.user_id", string="Collector")
    tier_id = fields.Many2one(related="case_id.tier_id")
    tier_color = fields.Integer(related="case_id.tier_color")
    days_overdue = fields.Integer(related="case_id.days_overdue")
    amount_overdue = fields.Monetary(related="case_id.amount_overdue")
    amount_to_collect = fields.Monetary(related="case_id.amount_to_collect")
    items_text = fields.Text(
        "Items", compute="_compute_items_text", compute_sudo=True,
        help="What is owed, for members without rights on accounting.",
    )
    lead_id = fields.Many2one(
        related="case_id.lead_id", readonly=False, domain="[('share', '=', False)]"
    )
    member_ids = fields.Many2many(
        related="case_id.member_ids", string="Members", readonly=False,
        domain="[('share', '=', False)]",
    )
    former_lead_id = fields.Many2one("res.users", "Lead at the End", readonly=True)
    former_member_ids = fields.Many2many(
        "res.users", "collection_task_force_former_rel", string="Members at the End",
        readonly=True,
    )
    added_member_ids = fields.Many2many(
        "res.users", "collection_task_force_added_rel", readonly=True,
        help="Who joined the case with the task force, and leaves it with it.",
    )
    recovery_plan = fields.Text(
        tracking=True, help="What is done to get the money: by whom, until when."
    )
    date_decision = fields.Date(
        "Decide By", tracking=True, help="Day by which to sue, agree on a plan or write off."
    )
    decision = fields.Selection(
        [
            ("continue", "Go On"),
            ("plan", "Agree on a Plan"),
            ("sue", "Sue"),
            ("write_off", "Write Off"),
        ],
        tracking=True,
    )
    meeting_days = fields.Integer("Meets Every (Days)", help="1: every working day; 0: never.")
    date_meeting = fields.Date("Meets On", readonly=True)
    meeting_id = fields.Many2one(
        "calendar.event", "Next Meeting", readonly=True, index="btree_not_null",
        ondelete="set null",
    )
    date_review = fields.Date("Next Review", readonly=True)
    date_start = fields.Date("Set Up On", readonly=True)
    date_end = fields.Date("Ended On", readonly=True)
    state = fields.Selection(
        [("active", "At Work"), ("ended", "Ended")],
        "Status", required=True, default="active", readonly=True, index=True, tracking=True,
    )

    _one_active = models.UniqueIndex(
        "(case_id) WHERE state = 'active'", "The case has a task force already."
    )
    _meeting_days_range = models.Constraint(
        "CHECK(meeting_days BETWEEN 0 AND 366)",
        "A task force meets every 1 to 366 days, or never (0).",
    )

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for force in self:
            # A member need not see the customer's record.
            force.display_name = self.env._(
                "Task Force: %(customer)s", customer=force.sudo().partner_id.name or ""
            )

    @api.depends("case_id.line_ids.amount_residual")
    @api.depends_context("lang")
    def _compute_items_text(self):
        for force in self:
            items = force.case_id.line_ids.filtered("collection_tier_id").sorted("date_maturity")
            force.items_text = "\n".join(
                self.env._(
                    "%(item)s, due on %(date)s: %(amount)s",
                    item=item.move_id.name, date=format_date(self.env, item.date_maturity),
                    amount=formatLang(
                        self.env, item.amount_residual, currency_obj=force.currency_id
                    ),
                )
                for item in items
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_work(self):
        if any(force.state == "active" for force in self):
            raise UserError(self.env._("End the task force before you delete it."))

    def action_end(self):
        """The task force has done its work, or the case goes on without it."""
        for company, forces in self.grouped("company_id").items():
            forces.filtered(lambda force: force.state == "active")._end(
                company._get_collection_today()
            )
