from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

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
    _inherit = ["collection.mixin"]
    _description = "Promise to Pay"
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
        vals_list = [dict(vals) for vals in self._on_creating(vals_list)]
        if not self.env.su:
            self._check_begins_open(vals_list)
        seen = set()
        for vals in reversed(vals_list):
            case_id = vals.get("case_id") or self.env.context.get("default_case_id")
            if vals.get("state", "open") != "open" or not case_id:
                continue
            if case_id in seen:
                vals["state"] = "superseded"
            seen.add(case_id)
        superseded = self.search([("case_id", "in", list(seen)), ("state", "=", "open")])
        superseded.write({"state": "superseded"})
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
        """Raise a ``UserError`` if somebody records a promise as judged already.

        History that a manager imports may be: it counts in no assessment.
        """
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
        # A collector's figures rest on it: it is counted from the ledger, not typed.
        if "kept_amount" in vals and not self.env.su:
            raise UserError(
                self.env._(
                    "What was received is counted from the payments. Register the payment, or"
                    " mark the promise as kept."
                )
            )
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
            promise.write({"state": "broken" if nothing else "partial"})

    def action_cancel(self):
        """Take the promise back as recorded by mistake; it stays in the history."""
        self.write({"state": "cancelled"})
