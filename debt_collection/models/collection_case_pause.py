from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang


class CollectionCase(models.Model):
    """What keeps a case from being chased: holds, promises, plans, disputes, replies.

    A pause never changes a due date: afterwards the chase goes on at the true days overdue.
    """

    _inherit = "collection.case"

    hold_until = fields.Date(
        "On Hold Until", tracking=True, copy=False, help="Last day of the hold, inclusive."
    )
    hold_reason = fields.Char("Reason of the Hold", tracking=True, copy=False)
    wait_until = fields.Date(
        "Customer Replied, Wait Until", readonly=True, copy=False,
        help="No new steps up to this day, inclusive: somebody reads the reply first.",
    )
    pause_reason = fields.Char("Paused Because", readonly=True, copy=False)
    pause_text = fields.Char(compute="_compute_pause_text", compute_sudo=True)

    @api.constrains("hold_until", "hold_reason")
    def _check_hold(self):
        for case in self:
            if bool(case.hold_until) != bool((case.hold_reason or "").strip()):
                raise ValidationError(
                    self.env._(
                        "A hold on the case %(case)s needs a reason and a last day.",
                        case=case.display_name,
                    )
                )

    @api.depends("pause_reason")
    @api.depends_context("lang")
    def _compute_pause_text(self):
        """What the last run noted in the company's language, in the reader's."""
        for case in self:
            today = case.company_id._get_collection_today()
            reason = case.pause_reason and case._get_pause(today, case.policy_id)
            case.pause_text = reason or case.pause_reason

    def _get_pause(self, as_of, policy):
        """Why no steps are made for the case on a day, in words; empty when they are."""
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        if partner._is_on_collection_hold(as_of):
            return self.env._(
                "The customer is on hold: %(reason)s",
                reason=partner.collection_hold_reason or self.env._("no reason given"),
            )
        if self.hold_until and self.hold_until >= as_of:
            return self.env._(
                "On hold until %(date)s: %(reason)s",
                date=format_date(self.env, self.hold_until), reason=self.hold_reason,
            )
        promise = self.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        if promise:
            return self.env._("Promised: %(promise)s", promise=promise.display_name)
        if self.currency_id.compare_amounts(self.amount_to_collect, 0) <= 0:
            return self.env._("Nothing to collect: all is promised, disputed or in a plan")
        if self.currency_id.compare_amounts(self.amount_to_collect, policy.amount_minimum) < 0:
            return self.env._(
                "Below the minimum amount of %(amount)s",
                amount=formatLang(self.env, policy.amount_minimum, currency_obj=self.currency_id),
            )
        if self.wait_until and self.wait_until >= as_of:
            return self.env._(
                "The customer replied: no new steps until %(date)s",
                date=format_date(self.env, self.wait_until),
            )
        return False

    def _pause_or_resume(self, as_of):
        """Take the steps of paused cases off the lists, and bring back those of the others.

        :return: the cases that are paused on the day
        """
        reasons = {case: case._get_pause(as_of, case.policy_id) for case in self}
        paused = self.filtered(lambda case: reasons[case])
        paused.case_step_ids._cancel("paused")
        changed = paused.filtered(lambda case: case.pause_reason != reasons[case])
        for reason, cases in changed.grouped(reasons.get).items():
            cases.write({"pause_reason": reason})
        (self - paused).filtered("pause_reason")._end_pause(as_of)
        return paused

    def _end_pause(self, as_of):
        """The chase goes on: bring back what the pause had taken away."""
        self.write({"pause_reason": False})
        self.case_step_ids.filtered(lambda step: step.cycle == step.case_id.cycle)._resume(as_of)

    def action_end_hold(self):
        """End the hold before its last day; the next run schedules steps again."""
        for case in self:
            if not case.hold_until:
                raise UserError(
                    self.env._("The case %(case)s is not on hold.", case=case.display_name)
                )
        self.write({"hold_until": False, "hold_reason": False})
