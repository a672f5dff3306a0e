from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..base.collection_guard import OURS, with_ours

REVIEW_DAYS = 7
FIRST_MEETING = time(10)
MEETING_MINUTES = 30
MEETINGS_A_DAY = 14


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
    _people_first_state = "active"
    _people_write = {
        "active": {
            "lead_id", "member_ids", "recovery_plan", "date_decision", "decision", "meeting_days",
        },
    }

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
            items = force.case_id.line_ids.filtered("collection_tier_id").sorted(
                lambda item: (item._get_collection_due(), item.id)
            )
            force.items_text = "\n".join(
                self.env._(
                    "%(item)s, due on %(date)s: %(amount)s",
                    item=item.move_id.name, date=format_date(self.env, item._get_collection_due()),
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
        self.check_access("write")
        for company, forces in self.grouped("company_id").items():
            forces.filtered(lambda force: force.state == "active")._end(
                company._get_collection_today()
            )

    # Task forces come with severe cases and go with them; meetings and reviews follow (P3.6).

    @api.model
    def _keep(self, cases, as_of):
        """Bring the task forces of cases of one company up to date for a day."""
        forces = self.search([("case_id", "in", cases.ids), ("state", "=", "active")])
        left = forces.filtered(lambda force: force.case_id.stage not in ("severe", "legal"))
        left._end(as_of)
        forces -= left
        forces |= self._form(
            cases.filtered(lambda case: case._needs_task_force()) - forces.case_id, as_of
        )
        forces._plan_meetings(as_of)
        forces._plan_reviews(as_of)
        return forces

    @api.model
    def _form(self, cases, as_of):
        """Set up the task forces of cases: lead, members, rhythm by each case's policy."""
        if not cases:
            return self.browse()
        vals_list = []
        for case in cases.with_context(tracking_disable=True, collection_task_force_kept=OURS):
            policy = case._get_policy()
            lead = case.lead_id or policy.task_force_lead_id or case._get_responsible("manager")
            members = lead | policy.task_force_member_ids | case.user_id
            if case.is_confidential:
                # Who works on it is named by those who are named, not by the policy.
                named = case.confidential_user_ids
                lead, members = (lead if lead in named else case.user_id), members & named
            added = members - case.member_ids
            if added or case.lead_id != lead:
                case.write({
                    "lead_id": lead.id,
                    "member_ids": [Command.link(user.id) for user in added],
                })
            vals_list.append(with_ours(
                {},
                case_id=case.id,
                added_member_ids=[Command.set(added.ids)],
                meeting_days=policy.task_force_meeting_days,
                date_start=as_of,
            ))
        forces = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
        ).create(vals_list).with_env(self.env)
        forces._tell_members()
        return forces

    def _tell_members(self):
        """The members follow the task force; it is the way in for those of other departments."""
        for members, forces in self.grouped("member_ids").items():
            forces.message_subscribe(members.partner_id.ids)

    def _follow_people(self):
        """Lead or members of cases have changed: so have followers, meeting and review."""
        for force in self:
            people = force.lead_id | force.member_ids
            left = force.message_partner_ids.filtered("user_ids") - people.partner_id
            force.message_unsubscribe(left.ids)
            if force.meeting_id:
                force.meeting_id.with_context(
                    no_mail_to_attendees=True, dont_notify=True
                ).write({
                    "user_id": force.lead_id.id,
                    "partner_ids": [Command.set(people.partner_id.ids)],
                })
            force.activity_ids.filtered(
                lambda to_do, lead=force.lead_id: lead and to_do.user_id != lead
            ).write({"user_id": force.lead_id.id})
        self._tell_members()

    def _plan_meetings(self, as_of):
        """The next meeting of each task force that has none ahead; never a second one."""
        due = self.filtered(
            lambda force: force.lead_id
            and force.meeting_days
            and (not force.date_meeting or force.date_meeting < as_of)
        )
        if not due:
            return
        company = due.company_id
        last = fields.Date.add(as_of, days=max(due.mapped("meeting_days")) + 60)
        working_days = company._get_collection_working_days(as_of, last)
        taken = {}
        # When it meets and reviews is the step's to write, whoever called for it.
        for force in due.sudo():
            base = fields.Date.add(force.date_meeting or as_of, days=force.meeting_days)
            date = next((day for day in working_days if day >= max(base, as_of)), max(base, as_of))
            slot = taken[force.lead_id, date] = taken.get((force.lead_id, date), -1) + 1
            force.date_meeting = date
            force.meeting_id = False
            taken[force] = slot
        # Nobody's own calendar right: the task force calls its members.
        events = self.env["calendar.event"].sudo().with_context(
            no_mail_to_attendees=True, dont_notify=True, mail_create_nolog=True,
            tracking_disable=True, skip_contact_description=True,
        ).create([force._prepare_meeting_vals(taken[force]) for force in due])
        for force, event in zip(due.sudo(), events, strict=True):
            force.meeting_id = event.id

    def _prepare_meeting_vals(self, slot):
        """A meeting at ten, the lead's next ones of the day after it."""
        self.ensure_one()
        zone = pytz.timezone(self.company_id._get_collection_tz())
        start = zone.localize(datetime.combine(self.date_meeting, FIRST_MEETING))
        start += timedelta(minutes=MEETING_MINUTES * (slot % MEETINGS_A_DAY))
        start = start.astimezone(pytz.utc).replace(tzinfo=None)
        return {
            "name": self.display_name,
            "user_id": self.lead_id.id,
            "partner_ids": [Command.set((self.lead_id | self.member_ids).partner_id.ids)],
            "start": start,
            "stop": start + timedelta(minutes=MEETING_MINUTES),
            # Others see that the time is taken, not by which customer (P1.4).
            "privacy": "private",
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _plan_reviews(self, as_of):
        """A to-do for the lead, once a week; a review that was not done stays the only one."""
        due = self.filtered(
            lambda force: force.lead_id and (not force.date_review or force.date_review < as_of)
        )
        if not due:
            return
        review = self.env.ref("debt_collection.mail_activity_type_task_force_review")
        waiting = set(self.env["mail.activity"].search([
            ("res_model", "=", self._name), ("res_id", "in", due.ids),
            ("activity_type_id", "=", review.id),
        ]).mapped("res_id"))
        due = due.filtered(lambda force: force.id not in waiting)
        date = fields.Date.add(as_of, days=REVIEW_DAYS)
        # When it meets and reviews is the step's to write, whoever called for it.
        due.sudo().write({"date_review": date})
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": force.id,
                "activity_type_id": review.id,
                "date_deadline": date,
                "user_id": force.lead_id.id,
            }
            for force in due
        ])

    def _end(self, as_of):
        """The task forces end: who joined with them leaves the case, meetings ahead go."""
        if not self:
            return
        # Whoever posts the payment that closes a case has no right on its task force.
        forces_sudo = self.sudo()
        for force in forces_sudo:
            case = force.case_id.with_context(
                tracking_disable=True, collection_task_force_kept=OURS
            )
            force.write({
                "former_lead_id": case.lead_id.id,
                "former_member_ids": [Command.set(case.member_ids.ids)],
            })
            case.write({
                "lead_id": False,
                "member_ids": [Command.unlink(user.id) for user in force.added_member_ids],
            })
        ahead = datetime.combine(as_of, time.min)
        forces_sudo.meeting_id.filtered(lambda event: event.start >= ahead).with_context(
            no_mail_to_attendees=True, dont_notify=True
        ).unlink()
        forces_sudo.activity_ids.unlink()
        forces_sudo.write({"state": "ended", "date_end": as_of})

