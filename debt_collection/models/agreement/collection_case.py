from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ..base.collection_guard import is_uninstalling


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

    # What the customer owes, in the currency it is owed in.

    def _get_debt_currency(self):
        """The currency of what is open in the case; the company's where there are several.

        None without a case: forms ask before one is chosen."""
        if not self:
            return self.env["res.currency"]
        self.ensure_one()
        # A promise says what is owed, whoever of the team takes it.
        lines_sudo = self.sudo().line_ids.filtered(
            lambda line: not line.reconciled and line.amount_residual > 0
        )
        currencies = lines_sudo.currency_id
        return currencies if len(currencies) == 1 else self.company_id.currency_id

    def _get_amount_owed(self, currency):
        """What is open in the case: of a foreign currency its own items, else all."""
        self.ensure_one()
        lines_sudo = self.sudo().line_ids.filtered(lambda line: not line.reconciled)
        if currency and currency != self.company_id.currency_id:
            lines_sudo = lines_sudo.filtered(lambda line: line.currency_id == currency)
            return sum(lines_sudo.mapped("amount_residual_currency"))
        return sum(lines_sudo.mapped("amount_residual"))

    def _get_promise_warning(self, amount, currency, date, owed=None, made=None):
        """What to ask the customer about before such a promise is taken, or ``False``.

        :param owed: what was owed when it was made; by default what is open in the case
        :param made: the day it is made; by default the company's today
        """
        if not self or not currency:
            return False
        owed = self._get_amount_owed(currency) if owed is None else owed
        words = []
        if currency.compare_amounts(amount, owed) > 0:
            words.append(self.env._(
                "%(promised)s is promised, but %(owed)s is owed.",
                promised=formatLang(self.env, amount, currency_obj=currency),
                owed=formatLang(self.env, owed, currency_obj=currency),
            ))
        today = made or self.company_id._get_collection_today()
        if date and date < today:
            words.append(self.env._(
                "The promised day %(date)s is past: today is %(today)s.",
                date=format_date(self.env, date), today=format_date(self.env, today),
            ))
        return " ".join(words) or False

    # What of a case is under a payment plan, and so not chased.

    def _judge_agreements_on_payment(self):
        """See at once whether the money that has just arrived keeps a promise or plan."""
        self.promise_ids._judge_on_payment()
        self.plan_ids._judge_on_payment()

    def _end_agreements(self):
        """Open promises and plans end with their case."""
        self.promise_ids.filtered(lambda promise: promise.state == "open")._set_state(
            "cancelled", is_ended_with_case=True
        )
        # A plan whose debt is paid waits for its interest.
        paid = self.filtered(lambda case: case.close_reason == "paid")
        self.plan_ids.filtered(
            lambda plan: plan.state in ("draft", "approved")
            or (plan.state == "performing"
                and not (plan.case_id in paid and plan.interest_state in ("asked", "posted")))
        )._set_state("cancelled")

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
