from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date, formatLang

from ...tools.promise import is_enough, judge, rejudge
from ..base.collection_guard import with_ours
from ..base.plausible_values import check_plausible

# What may follow each state; a state that is not named here is final.
NEXT_STATES = {
    "open": {"kept", "partial", "broken", "superseded", "cancelled"},
    "partial": {"kept", "broken"},
}
JUDGED = ("kept", "partial", "broken")
# The words of the promise: a different promise is a new record.
TERMS = {"case_id", "amount", "currency_id", "date_promised", "date_made"}
# What the ledger and the buttons write, whatever rights a user has.
STEP_FIELDS = {
    "judged_by_id", "judged_reason", "amount_left", "amount_owed", "amount_company",
    "is_ended_with_case", "superseded_by_id", "notice_mail_id",
}


class CollectionPromise(models.Model):
    """A customer's promise to pay an amount by a day, that day included (P3.5).

    Amounts are in the currency that the customer owes. A promise keeps the words it was made
    with: when the customer promises something else, the new promise supersedes the open one, so
    a case has one open promise at most. It remembers what was open when it was made
    (``collection.agreement.item``): cash that settles that keeps it, and cash that goes away
    again opens the judgement again.
    """

    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = ["collection.mixin", "collection.agreement"]
    _order = "date_promised desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, ondelete="restrict", index=True, check_company=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, readonly=False,
        precompute=True, required=True, help="What the customer owes is in it.",
    )
    amount = fields.Monetary(required=True)
    amount_company = fields.Monetary(
        "In Company Currency", compute="_compute_amount_company", store=True,
        currency_field="company_currency_id", help="At the rate of the day it was made.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_owed = fields.Monetary(
        "Owed Then", readonly=True, copy=False,
        help="What was open when the promise was made, or fell due by the promised day.",
    )
    amount_left = fields.Monetary(
        "Still to Come", compute="_compute_amount_left", store=True,
        help="What was promised and has not come yet, at most what is still open of it.",
    )
    warning = fields.Char("Check", compute="_compute_warning")
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
    is_written = fields.Boolean(
        "In Writing", copy=False,
        help="The customer promised it in a letter or e-mail, or signed it: limitation starts"
        " anew where the law says so.",
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

    superseded_by_id = fields.Many2one(
        "collection.promise", readonly=True, copy=False, index="btree_not_null"
    )
    notice_mail_id = fields.Many2one(
        "mail.mail", "Confirmation", readonly=True, copy=False, ondelete="set null",
        groups="base.group_system", help="The e-mail that confirms the promise to the customer.",
    )

    is_late = fields.Boolean(
        "Paid Late", readonly=True, copy=False,
        help="The amount came after the grace was over: not kept.",
    )
    judged_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="The manager who judged the promise by hand. It is left out of the rates.",
    )
    judged_reason = fields.Char("Reason of the Judgement", readonly=True, copy=False)
    is_ended_with_case = fields.Boolean(readonly=True, copy=False)
    _people_first_state = "open"
    _people_create = {
        "case_id", "amount", "currency_id", "date_promised", "date_made",
    }
    _people_import = {"state", "kept_amount", "user_id"}
    _people_write = {"*": {"note", "is_written"}}

    @api.depends("case_id")
    def _compute_currency_id(self):
        for promise in self:
            promise.currency_id = (
                promise.case_id._get_debt_currency() or promise.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("amount", "currency_id", "date_made", "company_id")
    def _compute_amount_company(self):
        for promise in self:
            company = promise.company_id
            promise.amount_company = (
                promise.currency_id._convert(
                    promise.amount, company.currency_id, company, promise.date_made
                )
                if promise.currency_id and company and promise.date_made else promise.amount
            )

    @api.depends("state", "amount", "kept_amount")
    def _compute_amount_left(self):
        """What is still to come of open promises; a payment asks for it again."""
        # Whoever posts a payment need not have a right on promises.
        items_sudo = self.env["collection.agreement.item"].sudo().search(
            [("promise_id", "in", self.filtered(lambda promise: promise.state == "open")._ids)]
        )
        open_sudo = {
            promise.id: sum(items.mapped("amount_open"))
            for promise, items in items_sudo.grouped("promise_id").items()
        }
        for promise in self:
            left = max(promise.amount - promise.kept_amount, 0)
            promise.amount_left = (
                min(left, open_sudo.get(promise._origin.id, left))
                if promise.state == "open" else 0
            )

    @api.depends("case_id", "amount", "currency_id", "date_promised", "date_made", "amount_owed")
    @api.depends_context("lang")
    def _compute_warning(self):
        for promise in self:
            promise.warning = promise.state == "open" and promise.case_id._get_promise_warning(
                promise.amount, promise.currency_id, promise.date_promised,
                *((promise.amount_owed, promise.date_made) if promise._origin else ()),
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
                    self.env._(
                        "%(customer)s cannot promise %(amount)s: write an amount above zero.",
                        customer=promise.partner_id.display_name or self.env._("A customer"),
                        amount=formatLang(
                            self.env, promise.amount, currency_obj=promise.currency_id
                        ),
                    )
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
                        " made, %(made)s: choose a later day.",
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
        superseded._set_state("superseded")
        superseded.flush_recordset(["state"])  # before the unique index sees the new ones
        promises = super().create(vals_list)
        # The links are the system's to write, see `write`.
        former_sudo = superseded.sudo()
        for promise in promises.filtered(lambda promise: promise.state == "open"):
            former_sudo.filtered(
                lambda former, promise=promise: former.case_id == promise.case_id
            ).superseded_by_id = promise
        promises._remember_items()
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
            if STEP_FIELDS & {name for name, value in vals.items() if value}:
                raise UserError(self.env._("What follows from a promise is not typed."))
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
        # The ledger may open again what people cannot: the table of states is for people.
        if "state" in vals and not self.env.su:
            if vals["state"] in JUDGED:
                self._check_by_hand()
            self._check_can_become(vals["state"])
        return super().write(vals)

    def _set_state(self, state, **vals):
        """Write a state that a step or a judgement leads to; the caller has checked the right."""
        self.sudo().write({"state": state, **vals})

    def _check_terms_kept(self, vals):
        """Raise a ``UserError`` if ``vals`` would change what was promised."""
        if self.env.su and vals.keys() == {"case_id"}:
            return  # it goes on in the customer's next case
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
            taken_back = promise.superseded_by_id.state == "cancelled"
            if state == "open" and promise.state == "superseded" and taken_back:
                continue
            if state != promise.state and state not in NEXT_STATES.get(promise.state, ()):
                raise UserError(
                    self.env._(
                        "The promise “%(promise)s” is %(old)s and cannot become %(new)s.",
                        promise=promise.display_name,
                        old=labels[promise.state],
                        new=labels.get(state, state),
                    )
                )

    def _check_by_hand(self, reason=None):
        """Raise unless a manager judges, and says why."""
        if not self.env.su and not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(
                self.env._(
                    "Promises are judged by the payments that come. Register the payment; only a"
                    " collection manager judges by hand, with a reason."
                )
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._("Write down why the promise is judged by hand, not by its payments.")
            )

    def action_keep(self, reason=None):
        """Judge as kept without the money in the books: a manager's, with a reason.

        What was received stays what the payments say, and the rates leave the promise out.
        """
        self._judge_by_hand("kept", reason)

    def action_break(self, reason=None):
        """Judge as broken, or as partly kept when something was received, before its day."""
        nothing = self.filtered(lambda promise: promise.currency_id.is_zero(promise.kept_amount))
        nothing._judge_by_hand("broken", reason)
        (self - nothing)._judge_by_hand("partial", reason)

    def _judge_by_hand(self, state, reason):
        if not self:
            return
        self._check_by_hand(reason)
        self.check_access("write")
        self._check_can_become(state)
        # Checked above; the judgement is written by its button alone.
        self.sudo().write({
            "state": state, "judged_by_id": self.env.uid, "judged_reason": reason.strip(),
        })

    def action_judge(self):
        """The dialog in which a manager judges by hand, with a reason."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_promise_judge_action"
            ),
            "context": {"default_promise_ids": [Command.set(self.ids)]},
        }

    def action_cancel(self):
        """Take the promise back as recorded by mistake; it stays in the history."""
        self.write(with_ours({}, state="cancelled"))

    def action_take_back(self):
        """Take back promises that the user recorded a moment ago by mistake.

        The promise that each of them superseded is open again.
        """
        self._check_can_take_back()
        self.action_cancel()
        self.flush_recordset(["state"])  # before the unique index sees the others
        self.search([
            ("superseded_by_id", "in", self.ids), ("state", "=", "superseded"),
        ])._set_state("open")
        self._on_taken_back()

    def _on_taken_back(self):
        """Called once for promises that who recorded them has just taken back.

        Implemented in models/flow/collection_promise.py.
        """

    # What was open when the promise was made.

    def _remember_items(self):
        """Remember what is open of these promises' items, as of the day they were made.

        The open items of the case, and those of the customer that fall due by the promised day.
        What was paid earlier on the day that a promise is recorded came before it; for one that is
        recorded later, what was paid from its day on counts.
        """
        rows = [
            (
                promise.id, promise.case_id.id, promise.currency_id.id,
                promise.date_made
                if promise.date_made < promise.company_id._get_collection_today() else None,
                promise.date_promised,
            )
            for promise in self if promise.state == "open" or not promise.is_opening
        ]
        if not rows:
            return
        ids, cases, currencies, starts, ends = (list(values) for values in zip(*rows, strict=True))
        for name in ("account.move.line", "collection.case", "res.partner"):
            self.env[name].flush_model()
        self.flush_recordset()
        # What was open is remembered by the step alone.
        items_sudo = self.env["collection.agreement.item"].sudo()
        items_sudo._remember("promise_id", SQL(
            """
            SELECT made.id AS agreement_id, made.currency_id, made.date_from, item.id AS line_id
              FROM unnest(%(ids)s::int[], %(cases)s::int[], %(currencies)s::int[],
                          %(starts)s::date[], %(ends)s::date[])
                   made (id, case_id, currency_id, date_from, date_to)
              JOIN collection_case owned ON owned.id = made.case_id
        CROSS JOIN LATERAL (
                   SELECT line.id FROM account_move_line line
                    WHERE line.collection_case_id = made.case_id
                    UNION
                   SELECT line.id
                     FROM res_partner customer
                     JOIN account_move_line line ON line.partner_id = customer.id
                    WHERE customer.commercial_partner_id = owned.partner_id
                      AND line.company_id = owned.company_id
                      AND line.reconciled IS NOT TRUE AND %(chased)s
                      AND COALESCE(line.date_maturity, line.date) <= made.date_to) item
            """,
            ids=ids, cases=cases, currencies=currencies, starts=starts, ends=ends,
            chased=self.env["account.move.line"]._get_chased_sql("line"),
        ))
        owed = dict(items_sudo._read_group(
            [("promise_id", "in", ids)], ["promise_id"], ["amount:sum"]
        ))
        for promise_sudo in self.sudo():
            promise_sudo.amount_owed = owed.get(promise_sudo, 0)
        self.env.add_to_compute(self._fields["amount_left"], self)

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
        spans = []
        for promise in self:
            days = promise._get_policy().promise_late_days
            end = fields.Date.add(promise._get_last_day(), days=days)
            # An older one has been looked at on the last day of its window.
            if promise._get_last_day() < as_of <= fields.Date.add(end, days=31):
                spans.append((promise.id, min(as_of, end)))
        received = self.env["collection.agreement.item"]._get_received("promise_id", spans)
        self.filtered(
            lambda promise: promise._is_enough(
                promise.currency_id.round(float(received.get(promise.id, 0)))
            )
        ).write({"is_late": True})

    def _judge(self, as_of, only_kept=False):
        """Judge these promises by the cash received up to a day, inclusive.

        Those judged before are judged again: money that came in time keeps one that was broken,
        money that went away again breaks one that was kept, or opens it.

        :param only_kept: leave those open that are not kept: the night judges them
        """
        received = self._get_received(as_of)
        changed, ended = self.browse(), self.browse()
        for promise in self._get_judgeable():
            policy = promise._get_policy()
            currency = promise.currency_id
            amount = currency.round(float(received.get(promise.id, 0)))
            state = rejudge(
                promise.state,
                judge(
                    Decimal(str(promise.amount)),
                    Decimal(str(amount)),
                    promise.date_promised,
                    as_of,
                    Decimal(str(policy.promise_tolerance)),
                    policy.promise_grace_days,
                    Decimal(str(currency.rounding)),
                ),
                by_hand=bool(promise.judged_by_id),
            )
            if only_kept and promise.state == "open" and state != "kept":
                state = "open"
            if promise.state == "cancelled" and state != "kept" and not promise._has_open_items():
                continue  # its case is closed, and stays so
            vals = {}
            if currency.compare_amounts(promise.kept_amount, amount):
                vals["kept_amount"] = amount
            if state == "kept" and promise.judged_by_id and promise._is_enough(amount):
                vals.update(judged_by_id=False, judged_reason=False)  # the payments prove it
            if state == "open" and promise.state != "open":
                state = promise._open_again()
            if state != promise.state:
                changed |= promise
                vals["is_ended_with_case"] = False
                if state in ("partial", "broken") and promise.state in ("open", "kept"):
                    ended |= promise
            if vals or state != promise.state:
                promise._set_state(state, **vals)
        self.env.add_to_compute(self._fields["amount_left"], self)
        ended._on_broken(as_of)
        return changed

    def _get_judgeable(self):
        """Those that money can still decide: open, judged, or ended when their case was."""
        return self.filtered(
            lambda promise: promise.state == "open"
            or (promise.state in JUDGED and not promise.is_opening)
            or promise.is_ended_with_case
        )

    def _has_open_items(self):
        """Whether something is open of what was open when the promise was made."""
        self.ensure_one()
        return any(
            item.amount_open for item in self.env["collection.agreement.item"].sudo().search(
                [("promise_id", "=", self.id)]
            )
        )

    def _is_enough(self, amount):
        """Whether an amount keeps the promise, within the policy's tolerance."""
        self.ensure_one()
        return is_enough(
            Decimal(str(self.amount)), Decimal(str(amount)),
            Decimal(str(self._get_policy().promise_tolerance)),
            Decimal(str(self.currency_id.rounding)),
        )

    def _open_again(self):
        """The state of a judged promise whose money went away before its day was over.

        It goes on in the customer's open case. Where something else was promised since, that has
        taken its place; where there is no open case, it waits in its own.
        """
        self.ensure_one()
        case = self.case_id
        if case.is_closed:
            case = case._get_open(case.partner_id, case.company_id) or case
        if self.search_count([("case_id", "=", case.id), ("state", "=", "open")], limit=1):
            return "superseded"
        if case != self.case_id:
            self.case_id = case
        return "open"

    def _judge_on_payment(self):
        """See at once what a payment that has just arrived or gone does to these promises."""
        # Whoever posts the payment need not have a right on the promises.
        for company, promises_sudo in self.sudo()._get_judgeable().grouped("company_id").items():
            promises_sudo._judge(company._get_collection_today(), only_kept=True)

    def _get_received(self, as_of):
        """By promise id, the cash that came since it was made, to its last day of grace."""
        return self.env["collection.agreement.item"]._get_received("promise_id", [
            (promise.id, min(as_of, promise._get_last_day())) for promise in self
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
