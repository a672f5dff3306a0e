from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models

from .collection_guard import OURS

REVIEW_DAYS = 7
FIRST_MEETING = time(10)
MEETING_MINUTES = 30
MEETINGS_A_DAY = 14


class CollectionTaskForce(models.Model):
    """Task forces come with severe cases and go with them; meetings and reviews follow (P3.6).

    All of it works on many cases at once, and does nothing when it is run again.
    """

    _inherit = "collection.task.force"

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
            added = members - case.member_ids
            if added or case.lead_id != lead:
                case.write({
                    "lead_id": lead.id,
                    "member_ids": [Command.link(user.id) for user in added],
                })
            vals_list.append({
                "case_id": case.id,
                "added_member_ids": [Command.set(added.ids)],
                "meeting_days": policy.task_force_meeting_days,
                "date_start": as_of,
            })
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
        for force in due:
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
        for force, event in zip(due, events, strict=True):
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
        due.write({"date_review": date})
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
