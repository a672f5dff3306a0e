from decimal import Decimal

from odoo import api, fields, models

from ..tools.promise import is_enough, judge


class CollectionPromise(models.Model):
    """Promises judged by the money that really came (P3.5)."""

    _inherit = "collection.promise"

    is_late = fields.Boolean(
        "Paid Late", readonly=True, copy=False,
        help="The amount came after the grace was over: not kept.",
    )

    @api.model
    def _evaluate(self, as_of, companies=None):
        """Judge the open promises at the end of a day; tell of broken ones, note late money.

        :return: the promises that were judged
        """
        # The job works for everybody; payments may come from users without the role.
        promises_sudo = self.sudo()
        in_companies = [("company_id", "in", companies.ids)] if companies else []
        judged = promises_sudo.search([("state", "=", "open"), *in_companies])._judge(as_of)
        promises_sudo.search([
            ("state", "in", ("partial", "broken")), ("is_late", "=", False), *in_companies,
        ])._note_late_money(as_of)
        return judged

    def _note_late_money(self, as_of):
        """Mark those of these unkept promises whose money came after all, too late to keep.

        Money counts up to the policy's number of days after the grace.
        """
        spans, policies = [], {}
        for promise in self:
            policy = policies[promise.id] = promise._get_policy()
            end = fields.Date.add(promise._get_last_day(), days=policy.promise_late_days)
            # An older one has been looked at on the last day of its window.
            if promise._get_last_day() < as_of <= fields.Date.add(end, days=31):
                spans.append((promise.id, promise.case_id.id, promise.date_made, min(as_of, end)))
        received = self.env["collection.case"]._get_cash_received(spans)
        self.filtered(
            lambda promise: is_enough(
                Decimal(str(promise.amount)),
                Decimal(str(promise.currency_id.round(float(received.get(promise.id, 0))))),
                Decimal(str(policies[promise.id].promise_tolerance)),
                Decimal(str(promise.currency_id.rounding)),
            )
        ).write({"is_late": True})

    def _judge(self, as_of, only_kept=False):
        """Judge these promises by the cash received up to a day, inclusive.

        :param only_kept: leave those open that are not kept: the night judges them
        """
        received = self._get_received(as_of)
        changed = self.browse()
        for promise in self.filtered(lambda promise: promise.state == "open"):
            policy = promise._get_policy()
            currency = promise.currency_id
            amount = received.get(promise.id, 0)
            state = judge(
                Decimal(str(promise.amount)),
                Decimal(str(currency.round(amount))),
                promise.date_promised,
                as_of,
                Decimal(str(policy.promise_tolerance)),
                policy.promise_grace_days,
                Decimal(str(currency.rounding)),
            )
            if only_kept and state != "kept":
                state = "open"
            vals = {}
            if currency.compare_amounts(promise.kept_amount, amount):
                vals["kept_amount"] = amount
            if state != "open":
                vals["state"] = state
                changed |= promise
            if vals:
                promise.write(vals)
        changed.filtered(lambda promise: promise.state in ("partial", "broken"))._on_broken(as_of)
        return changed

    def _judge_on_payment(self):
        """See at once whether the payment that has just arrived keeps a promise."""
        # Whoever posts the payment need not have a right on the promises.
        promises_sudo = self.sudo().filtered(lambda promise: promise.state == "open")
        for company, promises in promises_sudo.grouped("company_id").items():
            promises._judge(company._get_collection_today(), only_kept=True)

    def _get_received(self, as_of):
        """By promise id, the cash from the day it was made to its last day of grace."""
        return self.env["collection.case"]._get_cash_received([
            (
                promise.id,
                promise.case_id.id,
                promise.date_made,
                min(as_of, promise._get_last_day()),
            )
            for promise in self
        ])

    def _get_policy(self):
        """The policy whose tolerance and grace the promise is judged by."""
        self.ensure_one()
        return self.case_id._get_policy()

    def _get_last_day(self):
        """The last day on which a payment counts, inclusive."""
        self.ensure_one()
        return fields.Date.add(self.date_promised, days=self._get_policy().promise_grace_days)

    def _on_broken(self, as_of):
        """The chase resumes: a to-do for the collector, after two in a row also a step more."""
        for promise in self:
            case = promise.case_id
            if case.is_closed:
                continue
            case._ask_for_call(
                self.env._("Broken promise: %(promise)s", promise=promise.display_name), as_of
            )
            if promise._is_second_broken():
                case._tell_manager(
                    self.env._(
                        "Two promises in a row were broken, the last one: %(promise)s. The next"
                        " stage's step is scheduled.",
                        promise=promise.display_name,
                    )
                )
                case._advance_to_next_stage(as_of)

    def _is_second_broken(self):
        """Whether the promise judged before this one was not kept either."""
        self.ensure_one()
        return (self.case_id.promise_ids - self)._is_last_broken()

    def _is_last_broken(self):
        """Whether the latest of these promises that was judged was not kept."""
        judged = self.filtered(lambda promise: promise.state in ("kept", "partial", "broken"))
        latest = judged.sorted(lambda promise: (promise.date_promised, promise.id))[-1:]
        return bool(latest) and latest.state != "kept"
