from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..base.collection_guard import is_uninstalling, with_ours


class CollectionCase(models.Model):
    """Holds end by themselves: what has run out is cleared and noted."""

    _inherit = "collection.case"

    promise_ids = fields.One2many("collection.promise", "case_id", "Promises")
    dispute_ids = fields.One2many("collection.dispute", "case_id", "Disputes")

    hold_until = fields.Date(
        "On Hold Until", tracking=True, copy=False, help="Last day of the hold, inclusive."
    )
    hold_reason = fields.Char("Reason of the Hold", tracking=True, copy=False)

    plan_ids = fields.One2many("collection.plan", "case_id", "Payment Plans")
    _people_write = {
        "*": {"hold_until", "hold_reason", "promise_ids", "dispute_ids", "plan_ids"},
    }

    # Holds end by themselves: what has run out is cleared and noted.

    @api.model
    def _end_expired_holds(self, as_of, company):
        """Clear the holds of a company whose last day is before ``as_of``.

        :return: the cases and the customers whose hold ended
        """
        # The job works for everybody, on cases of every collector.
        cases_sudo = self.sudo().search([
            ("company_id", "=", company.id), ("hold_until", "<", as_of),
        ])
        for case in cases_sudo:
            body = self._describe_ended_hold(case.hold_until, case.hold_reason)
            case.write({"hold_until": False, "hold_reason": False})
            case.message_post(body=body)
        partners_sudo = self.env["res.partner"].sudo().with_company(company).search([
            ("collection_hold", "=", True), ("collection_hold_until", "<", as_of),
        ])
        for partner in partners_sudo:
            body = self._describe_ended_hold(
                partner.collection_hold_until, partner.collection_hold_reason
            )
            partner.write({
                "collection_hold": False,
                "collection_hold_until": False,
                "collection_hold_reason": False,
            })
            partner.message_post(body=body)
        return cases_sudo, partners_sudo

    @api.model
    def _describe_ended_hold(self, until, reason):
        return self.env._(
            "The collection hold ended with its last day, %(date)s. Its reason was: %(reason)s",
            date=format_date(self.env, until),
            reason=reason or self.env._("no reason given"),
        )

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

    def action_end_hold(self):
        """End the hold before its last day; the next run schedules steps again."""
        for case in self:
            if not case.hold_until:
                raise UserError(
                    self.env._("The case %(case)s is not on hold.", case=case.display_name)
                )
        self.write({"hold_until": False, "hold_reason": False})

    # What of a case is under a payment plan, and so not chased.

    def _judge_agreements_on_payment(self):
        """See at once whether the money that has just arrived keeps a promise or plan."""
        self.promise_ids._judge_on_payment()
        self.plan_ids._judge_on_payment()

    def _end_agreements(self):
        """Open promises and plans end with their case."""
        self.promise_ids.filtered(lambda promise: promise.state == "open").write(
            with_ours({}, state="cancelled")
        )
        self.plan_ids.filtered(
            lambda plan: plan.state in ("draft", "approved", "performing")
        )._set_state("cancelled")

    def _recompute_held_amounts(self):
        """A payment of an item in a dispute or plan leaves less in it."""
        for name, held_by in (("amount_disputed", "dispute_ids"), ("amount_planned", "plan_ids")):
            self.env.add_to_compute(self._fields[name], self.filtered(held_by))

    # What a collector enters from the case in one small form each (P3.5).

    def action_dispute(self):
        """Record what the customer contests; all overdue items that are in no dispute yet."""
        self.ensure_one()
        disputed = self.dispute_ids.filtered(lambda dispute: dispute.state == "open").line_ids
        items = self.line_ids.filtered("collection_tier_id") - disputed
        return self._open_quick(
            "debt_collection.collection_dispute_action_quick",
            default_line_ids=[Command.set(items.ids)],
        )

    def action_propose_plan(self):
        """Propose instalments for all that is overdue."""
        return self._open_quick("debt_collection.collection_plan_action_quick")

    def _open_quick(self, xml_id, **context):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xml_id),
            "context": {"default_case_id": self.id, **context},
        }

    @api.ondelete(at_uninstall=True)
    def _unlink_except_worked(self):
        if is_uninstalling(self):
            return
        for case in self:
            if case.collection_activity_ids or case.promise_ids or case.line_ids:
                raise UserError(
                    self.env._(
                        "The case %(case)s has a history and cannot be deleted; close it instead.",
                        case=case.display_name,
                    )
                )
