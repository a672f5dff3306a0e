from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.collection_guard import with_ours
from ..base.plausible_values import check_plausible
from ..policy.collection_policy_step import METHODS


class CollectionActivity(models.Model):
    """A contact as part of the chase: its guide, the step it ends, and what is to be done next."""

    _inherit = "collection.activity"

    guide_id = fields.Many2one(
        "collection.call.guide",
        "Situation",
        compute="_compute_guide_id",
        store=True,
        readonly=False,
        copy=False,
    )
    guide_body = fields.Html(related="guide_id.body")

    case_step_id = fields.Many2one(
        "collection.case.step", "Step", domain="[('case_id', '=', case_id)]",
        index="btree_not_null", copy=False,
    )
    mail_activity_id = fields.Many2one("mail.activity", "To-Do", copy=False)
    place = fields.Char(help="Where the visit took place.")
    participant_ids = fields.Many2many(
        "res.partner", string="Participants", help="Who took part in the visit."
    )
    amount_promised = fields.Monetary(copy=False, currency_field="promise_currency_id")
    promise_currency_id = fields.Many2one(
        "res.currency", compute="_compute_promise_currency_id",
        help="That of what the customer owes.",
    )
    promise_warning = fields.Char("Check the Promise", compute="_compute_promise_warning")
    corrected_promise_id = fields.Many2one(
        "collection.promise", "Promise of What Is Corrected",
        compute="_compute_corrected_promise_id",
    )
    withdraw_promise = fields.Boolean(
        copy=False, help="The contact that is corrected had recorded a promise: it is cancelled.",
    )
    tell_customer = fields.Boolean(
        "Tell the Customer", copy=False,
        help="An e-mail says that the promise noted before does not stand.",
    )
    date_promised = fields.Date("Promised For", copy=False)
    currency_id = fields.Many2one(related="case_id.currency_id")
    promise_written = fields.Boolean(
        "Promised in Writing", compute="_compute_promise_written", store=True, readonly=False,
        copy=False, help="Limitation starts anew where the law says so.",
    )
    next_method = fields.Selection(
        # Legal action is no matter of a collector's next step.
        [method for method in METHODS if method[0] != "legal"],
        "Next Action",
        copy=False,
    )
    next_date = fields.Date("Next Action On", copy=False)
    next_note = fields.Char("What to Do Next", copy=False)
    report_to_manager = fields.Boolean(
        "Tell the Manager",
        copy=False,
        help="A major or special event: the manager is told at once.",
    )

    wording_warning = fields.Text("Wording", compute="_compute_wording_warning")
    _people_write = {
        "draft": {
            "withdraw_promise", "tell_customer", "guide_id", "case_step_id", "mail_activity_id",
            "place", "participant_ids", "amount_promised", "date_promised", "next_method",
            "next_date", "next_note", "report_to_manager", "promise_written",
        },
    }

    @api.depends("case_id", "state", "reason_id")
    def _compute_guide_id(self):
        """The guide of the case's situation; the user may look at another one."""
        guides = self.env["collection.call.guide"].search([("body", "!=", False)])
        for activity in self:
            if activity.state == "confirmed":
                activity.guide_id = activity.guide_id
                continue
            situation = activity._get_situation()
            activity.guide_id = guides.filtered(
                lambda guide, situation=situation: guide.situation == situation
            )[:1]

    def _get_situation(self):
        self.ensure_one()
        case = self.case_id
        if self.reason_id in self._get_hardship_reasons():
            return "hardship"
        if case.amount_disputed:
            return "dispute"
        if case.promise_ids._is_last_broken():
            return "broken"
        return "general" if case.date_last_contact else "first"

    @api.model
    def _get_hardship_reasons(self):
        """The reasons told by customers who would pay if they could (P6.2)."""
        return self.env["collection.reason"].search([("is_hardship", "=", True)])

    # What follows from a contact, entered in the same small form (P3.7).

    @api.constrains("amount_promised", "date_promised", "next_method", "next_date")
    def _check_follow_up(self):
        for activity in self:
            amount = activity.currency_id.compare_amounts(activity.amount_promised, 0)
            if amount < 0 or bool(amount) != bool(activity.date_promised):
                raise ValidationError(
                    self.env._("A promise needs an amount above zero and a day to pay by.")
                )
            if bool(activity.next_method) != bool(activity.next_date):
                raise ValidationError(
                    self.env._("The next action needs a method and a date.")
                )

    @api.onchange("outcome", "case_id")
    def _onchange_outcome(self):
        """A promise usually covers all that is to collect."""
        if self.outcome == "promised" and not self.amount_promised:
            self.amount_promised = self.case_id._get_to_collect(self.promise_currency_id)

    @api.depends("case_id", "promise_id", "state")
    def _compute_promise_currency_id(self):
        """That of the promise once there is one; before, that of the debt."""
        for activity in self:
            case = activity.case_id
            activity.promise_currency_id = activity.promise_id.currency_id or (
                case._get_debt_currency() if case and activity.state != "confirmed"
                else activity.currency_id
            )

    @api.depends("method")
    def _compute_promise_written(self):
        for activity in self:
            activity.promise_written = activity.method in ("email", "letter")

    @api.depends("case_id", "amount_promised", "date_promised", "state")
    @api.depends_context("lang")
    def _compute_promise_warning(self):
        for activity in self:
            activity.promise_warning = bool(
                activity.amount_promised and activity.state != "confirmed"
            ) and activity.case_id._get_promise_warning(
                activity.amount_promised, activity.promise_currency_id, activity.date_promised
            )

    @api.depends("corrects_id.promise_id.state")
    def _compute_corrected_promise_id(self):
        """The promise that a correction may withdraw: one that is open still."""
        for activity in self:
            activity.corrected_promise_id = activity.corrects_id.promise_id.filtered(
                lambda promise: promise.state == "open"
            )

    def action_confirm_close(self):
        """Confirm from the small form, and close it."""
        self.action_confirm()
        return {"type": "ir.actions.act_window_close"}

    def _take_promise(self):
        """Record the promise made in this contact, if one was; withdraw a corrected one."""
        self.ensure_one()
        promise = self.corrected_promise_id
        if self.withdraw_promise and promise:
            promise.action_cancel()
            if self.tell_customer:
                self._on_promise_withdrawn()
        if self.date_promised and not self.promise_id:
            if self.case_id.is_closed:
                raise UserError(
                    self.env._(
                        "The case %(case)s is closed: reopen it to record a promise.",
                        case=self.case_id.display_name,
                    )
                )
            promise = self.env["collection.promise"].create(with_ours(
                {},
                case_id=self.case_id.id,
                amount=self.amount_promised,
                currency_id=self.promise_currency_id.id,
                date_promised=self.date_promised,
                date_made=self._get_local_date(),
                user_id=self.user_id.id,
                is_written=self.promise_written,
            ))
            self.write(with_ours({}, promise_id=promise.id))

    def _on_promise_withdrawn(self):
        """Called when a correction withdrew a promise and the customer is to be told.

        Implemented in models/flow/collection_activity.py.
        """

    @api.constrains("case_id", "case_step_id", "mail_activity_id")
    def _check_answers_own_case(self):
        """The step and to-do that a contact ends are of its own case."""
        for activity in self:
            activity._check_is_of_case(activity.case_step_id)
            # A to-do can be another person's.
            to_do_sudo = activity.sudo().mail_activity_id
            if to_do_sudo and (to_do_sudo.res_model, to_do_sudo.res_id) != (
                "collection.case", activity.case_id.id
            ):
                raise ValidationError(self.env._("This to-do is not one of the case."))

    def _match_step(self):
        """The contact answers the earliest planned step of its method, unless one is named."""
        self.ensure_one()
        if not self.case_step_id and self.direction == "outbound" and not self.corrects_id:
            planned = self.case_id.case_step_ids.filtered(
                lambda step: step.state == "planned" and step.method == self.method
                and not step.step_id.is_preparation
            )
            self.case_step_id = planned.sorted("date_deadline")[:1]

    def _finish_to_do(self):
        """End the step and the to-do that this contact was the answer to."""
        self.ensure_one()
        # The step and its to-do can be assigned to a colleague.
        self.case_step_id.sudo()._mark_done(self._get_local_date())
        to_do = self.sudo().mail_activity_id
        if to_do.active:
            to_do.action_done()

    def _plan_next_action(self):
        self.ensure_one()
        if not self.next_method:
            return
        types = self.env["mail.activity.type"]._get_collection_types()
        self.case_id.activity_schedule(
            activity_type_id=types[self.next_method].id,
            date_deadline=self.next_date,
            summary=self.next_note or False,
            user_id=self.user_id.id,
        )

    def _report(self):
        self.ensure_one()
        self.case_id._tell_manager(
            self.env._(
                "Special event reported by %(user)s: %(feedback)s",
                user=self.user_id.name,
                feedback=self.feedback or self.env._("see the contact"),
            )
        )

    def action_take_back(self):
        """Correct activities that the user recorded a moment ago by mistake.

        They stay on record, struck through. The to-do that one of them had planned goes, and a
        new one of today takes the place of the step or to-do that it had ended.
        """
        self._check_can_take_back()
        for activity in self:
            case = activity.case_id
            types = self.env["mail.activity.type"]._get_collection_types()
            if activity.next_method:
                case.activity_ids.filtered(
                    lambda to_do, activity=activity, types=types: (
                        to_do.user_id == activity.user_id
                        and to_do.activity_type_id == types[activity.next_method]
                        and to_do.date_deadline == activity.next_date
                        and to_do.create_date >= activity.create_date
                    )
                ).unlink()
            activity._correct_as(self.env._("Entered by mistake."))
            if not case.is_closed and activity.method in types:
                case.activity_schedule(
                    activity_type_id=types[activity.method].id,
                    date_deadline=activity.company_id._get_collection_today(),
                    user_id=activity.user_id.id,
                )

    def _correct_as(self, words):
        """Record that the contact did not take place, and why; nothing follows from it."""
        self.ensure_one()
        correction = self.browse(self.action_correct()["res_id"])
        correction.write({
            "outcome": "other",
            "feedback": words,
            "amount_promised": 0, "date_promised": False, "promise_id": False,
            "next_method": False, "next_date": False, "next_note": False,
            "report_to_manager": False,
        })
        correction.action_confirm()

    def _take_back_emails(self):
        """Correct those of these e-mails of steps, queued still, whose chase was paused since.

        Their steps are paused, too: what is due after the pause is made anew.

        :return: these
        """
        halted = self.browse()
        for contact in self:
            case, step = contact.case_id, contact.case_step_id
            reasons = case._get_send_blocks("email", case.company_id._get_collection_today())
            if not reasons:
                continue
            contact._correct_as(self.env._(
                "Taken back before it left: %(reason)s", reason=" ".join(reasons)
            ))
            step._set_back(
                "paused" if not case.is_closed else
                "paid" if case.close_reason == "paid" else "other"
            )
            halted |= contact
        return halted

    def _get_local_date(self):
        """The day of the contact where the company is."""
        self.ensure_one()
        return self.company_id._get_collection_date(self.date)

    # A hint while a contact is written down: the record is read by others, too (P1.2).

    @api.depends("feedback", "next_note")
    def _compute_wording_warning(self):
        words = self.env["collection.word"]
        for activity in self:
            text = "\n".join(filter(None, (activity.feedback, activity.next_note)))
            activity.wording_warning = words._find(text)._describe() or False

    @api.constrains("date", "amount_promised", "date_promised", "next_date")
    def _check_plausible(self):
        check_plausible(self, ("date", "amount_promised", "date_promised", "next_date"))

