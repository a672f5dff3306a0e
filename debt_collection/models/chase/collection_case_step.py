from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from ...tools.contact_window import Past, check_everywhere, next_allowed_everywhere
from ..base.collection_guard import with_ours

OUTCOMES = [
    ("paid", "Paid Before"),
    ("blocked", "Blocked by a Contact Rule"),
    ("paused", "Paused"),
    ("policy", "Another Policy Applies"),
    ("band", "Its Tier Is Over"),
    ("late", "Later Steps Have Begun"),
    ("letter", "Another Letter Instead"),
    ("repeated", "Done Under the Former Policy"),
    ("other", "Dropped"),
]
BATCH = 100


class CollectionCaseStep(models.Model):
    """A policy's step as it was scheduled for a case: when, for whom, and what became of it.

    Once in each cycle of a case, or once each time where it repeats. A cycle ends when the worst
    debts are paid and the case falls back to an earlier stage, or when a closed case is opened
    again.
    """

    _name = "collection.case.step"
    _description = "Scheduled Step of a Case"
    _inherit = "collection.mixin"
    _order = "date_deadline desc, id desc"

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", string="Customer")
    step_id = fields.Many2one(
        "collection.policy.step", required=True, ondelete="restrict", index=True, readonly=True
    )
    method = fields.Selection(related="step_id.method", store=True, precompute=True)
    cycle = fields.Integer(required=True, default=1, readonly=True)
    occurrence = fields.Integer(
        "Time", required=True, default=1, readonly=True,
        help="A step that repeats comes again and again in a cycle.",
    )
    user_id = fields.Many2one("res.users", "Responsible", index=True, readonly=True)
    date_due = fields.Date("Counted From", required=True, readonly=True)
    date_planned = fields.Date("Scheduled On", required=True, readonly=True)
    date_deadline = fields.Date("Deadline", required=True, index=True, readonly=True)
    date_done = fields.Date("Done On", readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
            ("skipped", "Skipped"),
        ],
        required=True,
        default="planned",
        index=True,
        readonly=True,
    )
    cancel_reason = fields.Selection(OUTCOMES, "Reason", readonly=True)
    note = fields.Char(readonly=True, help="What was particular when the step was scheduled.")
    contact_ids = fields.One2many("collection.activity", "case_step_id", "Contacts")
    mail_activity_ids = fields.One2many("mail.activity", "collection_step_id", "To-Dos")
    is_warned = fields.Boolean(readonly=True)
    _once = models.UniqueIndex(
        "(case_id, step_id, cycle, occurrence)", "A step is scheduled once in a cycle of a case."
    )

    date_not_before = fields.Datetime(
        "Leaves From", readonly=True, index="btree_not_null",
        help="A contact rule does not let the e-mail leave earlier.",
    )

    def _compute_display_name(self):
        for step in self:
            step.display_name = step.step_id.name

    def _mark_done(self, date):
        """The steps were done on this date; their to-dos go."""
        planned = self.filtered(lambda step: step.state == "planned")
        planned.write({"state": "done", "date_done": date})
        planned._remove_to_dos()
        planned._on_done()

    def _cancel(self, reason):
        """The steps are not needed any more, for one of the reasons of ``OUTCOMES``."""
        planned = self.filtered(lambda step: step.state == "planned")
        planned.write({"state": "cancelled", "cancel_reason": reason})
        planned._remove_to_dos()
        planned._on_cancelled(reason)

    def _on_done(self):
        """Called for steps that were planned and are done now."""

    def _on_cancelled(self, reason):
        """Called for steps that were planned and are dropped now, for a key of ``OUTCOMES``."""

    def _remove_to_dos(self):
        # A to-do can be another person's; who ends the step ends its to-do.
        self.sudo().mail_activity_ids.unlink()

    def _resume(self, as_of):
        """Steps that a pause had cancelled are to be done again, from this day."""
        self.write({
            "state": "planned", "cancel_reason": False, "date_planned": as_of,
            "date_not_before": False,
        })
        self.filtered(lambda step: step.date_deadline < as_of).write({"date_deadline": as_of})
        self._carry_out(as_of)

    def _set_back(self, reason):
        """Steps whose e-mail did not leave after all are cancelled, for a key of ``OUTCOMES``."""
        self.filtered(lambda step: step.state == "done").write({
            "state": "cancelled", "cancel_reason": reason, "date_done": False,
        })

    def _leave_behind(self, reason):
        """Steps that a pause had cancelled are not taken up again, for a key of ``OUTCOMES``."""
        self.write({"state": "skipped", "cancel_reason": reason})

    def _schedule_to_dos(self):
        """Put the planned steps on the lists of those responsible, many at once."""
        case_model_id = self.env["ir.model"]._get_id("collection.case")
        types = self.env["mail.activity.type"]._get_collection_types()
        words = {
            step: step.company_id._in_collection_language(step.step_id, step.user_id)
            for step in self
        }
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            with_ours({
                "res_model_id": case_model_id,
                "res_id": step.case_id.id,
                "activity_type_id": types[step.method].id,
                "summary": words[step].name,
                "note": words[step].note or False,
                "date_deadline": step.date_deadline,
                "user_id": step.user_id.id,
            }, collection_step_id=step.id)
            for step in self
        ])

    def _carry_out(self, as_of):
        """Send what goes out by itself, and make a to-do of the rest."""
        sent = self.filtered(lambda step: step._sends_itself())
        (self - sent)._schedule_to_dos()
        sent._send_emails(as_of)
        self._on_carried_out(as_of)

    def _on_carried_out(self, as_of):
        """Called for steps whose e-mails were queued and whose to-dos were made."""

    def _sends_itself(self):
        """Whether the step is an e-mail that nobody has to approve, and somebody can get."""
        self.ensure_one()
        policy_step = self.step_id
        return bool(
            policy_step.method == "email"
            and policy_step.mail_template_id
            and not policy_step.approval_needed
            and self.case_id.partner_id._get_collection_contact().email
        )

    def _queue_emails(self, as_of):
        """Queue the steps' e-mails; a mail and its done step are committed together."""
        for template, steps in self.grouped(lambda step: step.step_id.mail_template_id).items():
            # Sent by the step, not by who happens to run the job.
            mails_sudo = template._send_collection_batch(steps.case_id.ids).sudo()
            messages_sudo = {mail.res_id: mail.mail_message_id for mail in mails_sudo}
            written = self.browse(
                step.id for step in steps if step.case_id.id in messages_sudo
            )
            # What could not be written is a to-do of who works on it.
            (steps - written)._schedule_to_dos()
            # The log is written by the system, and sealed once for all of them.
            self.env["collection.activity"].sudo().create([
                step.case_id._prepare_email_vals(
                    messages_sudo[step.case_id.id],
                    "outbound",
                    user=step.user_id,
                    case_step_id=step.id,
                )
                for step in written
            ])
            written.write({"state": "done", "date_done": as_of})

    def action_skip(self):
        """Drop a planned step by hand; it counts as not done in time.

        :raises AccessError: for anybody but a manager of the case
        """
        self._check_can_skip()
        for step in self:
            if step.state != "planned":
                raise UserError(
                    self.env._(
                        "The step “%(step)s” is not planned any more.", step=step.display_name
                    )
                )
        # Nobody writes steps by hand; who may drop them was checked above.
        self.sudo()._cancel("other")

    def _check_can_skip(self):
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager drops a scheduled step."))
        self.case_id.check_access("write")

    # E-mails of steps leave when the customer's contact rule lets them (P1.1).

    def _send_emails(self, as_of):
        """Send what may leave now; hold or cancel the rest.

        What was promised or put on hold since the night keeps its step planned: the next night
        takes it off the list.
        """
        now = datetime.combine(as_of, fields.Datetime.now().time())
        started = self.filtered(lambda step: step.company_id.collection_is_started)
        # Before the chase is started an e-mail waits; the job sends it afterwards.
        (self - started).write({"date_not_before": now})
        free = started.filtered(lambda step: not step.case_id._get_send_blocks("email", as_of))
        allowed = free._hold_back(now) if free else free
        allowed._queue_emails(as_of)

    def _hold_back(self, now):
        """The steps whose e-mails may leave at this moment (UTC); the others get their hour."""
        facts = self.case_id._get_contact_facts(now.date(), now.date())
        allowed = self.browse()
        for step in self:
            case = step.case_id
            rule, pure, is_working_day, past = facts[case]
            if not rule:
                allowed |= step
                continue
            arguments = (
                case._get_contact_zones(), pure, case._get_contact_debtor(), now, "email", past,
                is_working_day,
            )
            refusal, _local = check_everywhere(*arguments)
            if refusal is None:
                allowed |= step
                past.append(Past(now, "email", False))
                continue
            moment = next_allowed_everywhere(*arguments)
            if moment is None:
                step._cancel("blocked")
            else:
                step.date_not_before = moment
        return allowed

    @api.model
    def _get_held_domain(self, now):
        return [
            ("state", "=", "planned"), ("method", "=", "email"),
            ("date_not_before", "!=", False), ("date_not_before", "<=", now),
            ("case_id.stage", "!=", "closed"), ("case_id.pause_reason", "=", False),
        ]

    @api.model
    def _send_held(self, company, now):
        """Send the e-mails of a company whose hour has come."""
        for _slice in self._send_held_in_slices(company, now):
            pass

    @api.model
    def _send_held_in_slices(self, company, now):
        """Send them in slices; what was sent waits no more. Yields their sizes."""
        # The job works for everybody, on cases of every collector.
        if not company.collection_is_started:
            return
        held_sudo = self.sudo().with_company(company).search(
            [("company_id", "=", company.id), *self._get_held_domain(now)]
        )
        today = company._get_collection_date(now)
        for ids in split_every(BATCH, held_sudo.ids):
            steps = held_sudo.browse(ids).try_lock_for_update(allow_referencing=True)
            steps = steps.filtered_domain(self._get_held_domain(now))
            steps = steps.filtered(
                lambda step: not step.case_id._get_send_blocks("email", today)
            )
            steps.write({"date_not_before": False})
            steps._carry_out(today)
            yield len(ids)

    @api.model
    def _cron_send_held(self):
        """Send, company by company, what had to wait for the customer's hours."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._send_held_in_slices(company, fields.Datetime.now()),
            "sending e-mails that were held back",
        )

