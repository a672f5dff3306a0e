from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from ...tools.promise import is_enough, judge
from ..base.collection_guard import with_ours
from ..base.plausible_values import check_plausible

# What may follow each state; a state that is not named here is final.
NEXT_STATES = {
    "open": {"kept", "partial", "broken", "superseded", "cancelled"},
    "partial": {"kept", "broken"},
}
# The words of the promise: a different promise is a new record.
TERMS = {"case_id", "amount", "date_promised", "date_made"}


class CollectionPromise(models.Model):
    """A customer's promise to pay an amount by a day, that day included (P3.5).

    Amounts are in the company's currency. A promise keeps the words it was made with: when
    the customer promises something else, the new promise supersedes the open one, so a
    case has one open promise at most.
    """

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = "collection.mixin"
    _order = "date_promised desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    amount = fields.Monetary(required=True)
    date_promised = fields.Date(
        "Promised For", required=True, index=True, help="Last day to pay, inclusive."
    )
    date_made = fields.Date(
        "Made On", required=True, default=fields.Date.context_today, copy=False
    )
    kept_amount = fields.Monetary(
        "Received", copy=False, readonly=True, help="Cash received while the promise ran."
    )
    user_id = fields.Many2one(
        "res.users",
        "Taken By",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index=True,
        copy=False,
    )
    note = fields.Text()
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partial", "Partly Kept"),
            ("broken", "Broken"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        index=True,
        copy=False,
    )
    _one_open = models.UniqueIndex(
        "(case_id) WHERE state = 'open'", "A case has one open promise at a time."
    )

    is_late = fields.Boolean(
        "Paid Late", readonly=True, copy=False,
        help="The amount came after the grace was over: not kept.",
    )
    _people_first_state = "open"
    _people_create = {"case_id", "amount", "date_promised", "date_made"}
    _people_import = {"state", "kept_amount", "user_id"}
    _people_write = {"*": {"note"}}

    @api.depends("amount", "currency_id", "date_promised")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s by %(date)s",
                amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                date=format_date(self.env, promise.date_promised),
            )

    @api.constrains("amount", "kept_amount")
    def _check_amount(self):
        for promise in self:
            if promise.currency_id.compare_amounts(promise.amount, 0) <= 0:
                raise ValidationError(
                    self.env._("The promised amount must be more than zero.")
                )
            if promise.currency_id.compare_amounts(promise.kept_amount, 0) < 0:
                raise ValidationError(self.env._("The amount received cannot be negative."))

    @api.constrains("date_promised", "date_made")
    def _check_dates(self):
        for promise in self:
            if promise.date_promised < promise.date_made:
                raise ValidationError(
                    self.env._(
                        "The promised day %(promised)s is before the day the promise was"
                        " made, %(made)s.",
                        promised=format_date(self.env, promise.date_promised),
                        made=format_date(self.env, promise.date_made),
                    )
                )

    @api.constrains("case_id")
    def _check_case_open(self):
        for promise in self.filtered(lambda promise: promise.state == "open"):
            if promise.case_id.is_closed:
                raise ValidationError(
                    self.env._(
                        "The case %(case)s is closed. Reopen it to record a promise.",
                        case=promise.case_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """An open promise supersedes the case's open one; the last of several stays open."""
        vals_list = [with_ours(vals) for vals in self._on_creating(vals_list)]
        if not self.env.su:
            self._check_begins_open(vals_list)
        seen = set()
        for index, vals in reversed(list(enumerate(vals_list))):
            case_id = vals.get("case_id") or self.env.context.get("default_case_id")
            if vals.get("state", "open") != "open" or not case_id:
                continue
            if case_id in seen:
                vals_list[index] = with_ours(vals, state="superseded")
            seen.add(case_id)
        superseded = self.search([("case_id", "in", list(seen)), ("state", "=", "open")])
        superseded.write(with_ours({}, state="superseded"))
        superseded.flush_recordset(["state"])  # before the unique index sees the new ones
        promises = super().create(vals_list)
        promises._on_created()
        return promises

    @api.model
    def _on_creating(self, vals_list):
        """Called before promises are created; returns the values they are created with.

        Implemented in models/flow/collection_promise.py.
        """
        return vals_list

    def _on_created(self):
        """Called once for promises that were just recorded.

        Implemented in models/flow/collection_promise.py.
        """

    def _check_begins_open(self, vals_list):
        """Say how, before the gate refuses a promise that is recorded as judged already."""
        for vals in vals_list:
            judged = vals.get("state", "open") != "open" or vals.get("kept_amount")
            if judged and not vals.get("is_opening"):
                raise UserError(
                    self.env._(
                        "A promise begins open with nothing received. Record it, then mark it as"
                        " kept or broken."
                    )
                )

    def write(self, vals):
        if TERMS & vals.keys():
            self._check_terms_kept(vals)
        if "state" in vals:
            self._check_can_become(vals["state"])
        return super().write(vals)

    def _check_terms_kept(self, vals):
        """Raise a ``UserError`` if ``vals`` would change what was promised."""
        for promise in self:
            for name in TERMS & vals.keys():
                field = self._fields[name]
                new = field.convert_to_cache(vals[name], promise)
                if new != field.convert_to_cache(promise[name], promise):
                    raise UserError(
                        self.env._(
                            "What was promised is not changed afterwards. Record the new"
                            " promise: it supersedes this one."
                        )
                    )

    def _check_can_become(self, state):
        """Raise a ``UserError`` unless each of these promises may take ``state`` now."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for promise in self:
            if state != promise.state and state not in NEXT_STATES.get(promise.state, ()):
                raise UserError(
                    self.env._(
                        "The promise “%(promise)s” is %(old)s and cannot become %(new)s.",
                        promise=promise.display_name,
                        old=labels[promise.state],
                        new=labels.get(state, state),
                    )
                )

    def action_keep(self):
        """Mark as kept; with no amount entered, the whole amount counts as received."""
        for promise in self:
            received = promise.kept_amount
            if promise.currency_id.is_zero(received) or promise.state == "partial":
                received = max(received, promise.amount)
            promise.check_access("write")
            # The amount is not the user's to write, the state is.
            promise.sudo().write({"state": "kept", "kept_amount": received})

    def action_break(self):
        """Mark as broken, or as partly kept when something was received."""
        for promise in self:
            nothing = promise.currency_id.is_zero(promise.kept_amount)
            promise.write(with_ours({}, state="broken" if nothing else "partial"))

    def action_cancel(self):
        """Take the promise back as recorded by mistake; it stays in the history."""
        self.write(with_ours({}, state="cancelled"))

    # Promises judged by the money that really came (P3.5).

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
        """Called once for promises that were just judged broken, or kept in part only.

        Implemented in models/flow/collection_promise.py.
        """

    def _is_second_broken(self):
        """Whether the promise judged before this one was not kept either."""
        self.ensure_one()
        return (self.case_id.promise_ids - self)._is_last_broken()

    def _is_last_broken(self):
        """Whether the latest of these promises that was judged was not kept."""
        judged = self.filtered(lambda promise: promise.state in ("kept", "partial", "broken"))
        latest = judged.sorted(lambda promise: (promise.date_promised, promise.id))[-1:]
        return bool(latest) and latest.state != "kept"

    @api.constrains("amount", "date_promised", "date_made")
    def _check_plausible(self):
        check_plausible(self, ("amount", "date_promised", "date_made"))
