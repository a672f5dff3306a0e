from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, formatLang, plaintext2html

from ...tools.money_matching import name_ratio, plain_name

MAX_PENDING = 10
MAX_TEXT = 4000
DAYS_BEFORE = 3
DAYS_AFTER = 15
"""How long before and after the day that a customer enters the money may have come in."""
PLAN_ANSWERS = ("plan_accept", "plan_decline")
WAYS_TO_PAY = ("promise", "plan", "plan_accept")
"""Entries that say how the customer will pay: one at a time."""
OUTCOMES = {
    "promise": "promised",
    "paid": "reached",
    "dispute": "disputed",
    "plan": "reached",
    "plan_accept": "reached",
    "plan_decline": "refused",
    "message": "reached",
}


class CollectionPortalRequest(models.Model):
    """What a customer entered on the own page: it waits until a collector confirms it.

    A promise, a wish for a plan, the answer to an offered plan, a dispute, or a message. What
    was entered is never changed; confirming it records the contact and what follows from it.
    """

    _name = "collection.portal.request"
    _description = "Entry of a Customer"
    _inherit = ["collection.mixin", "collection.locked"]
    _order = "id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "collection.case", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Customer", store=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True,
        help="What the customer owes is in it.",
    )
    contact_id = fields.Many2one("res.partner", "Entered By", readonly=True)
    contact_name = fields.Char("Name Given", readonly=True)
    kind = fields.Selection(
        [
            ("promise", "Promise to Pay"),
            ("paid", "Says It Was Paid"),
            ("plan", "Wish for a Payment Plan"),
            ("plan_accept", "Payment Plan Accepted"),
            ("plan_decline", "Payment Plan Declined"),
            ("dispute", "Dispute"),
            ("message", "Message"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    date_wanted = fields.Date("Day Entered", readonly=True)
    count = fields.Integer("Instalments", readonly=True)
    line_ids = fields.Many2many("account.move.line", string="Open Invoices", readonly=True)
    money_note = fields.Text(
        "Money That May Be It", compute="_compute_money_note",
        help="What came in of this amount around this day.",
    )
    plan_id = fields.Many2one("collection.plan", readonly=True, index="btree_not_null")
    text = fields.Text("What the Customer Wrote", readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Documents", readonly=True)
    state = fields.Selection(
        [("pending", "To Confirm"), ("accepted", "Confirmed"), ("declined", "Declined")],
        required=True, default="pending", readonly=True, index=True,
    )
    answer = fields.Char(
        "Answer to the Customer", help="Shown to the customer beside the entry."
    )
    answered_by_id = fields.Many2one("res.users", readonly=True)
    date_answered = fields.Datetime("Answered On", readonly=True)
    _pending_index = models.Index("(case_id) WHERE state = 'pending'")
    _people_first_state = "pending"
    _people_write = {"pending": {"answer"}}

    @api.depends("case_id")
    def _compute_currency_id(self):
        """That of the debt when it was entered."""
        for entry in self:
            entry.currency_id = entry.currency_id or entry.case_id._get_debt_currency()

    @api.depends("kind", "amount", "date_wanted")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            parts = [kinds.get(entry.kind, "")]
            if entry.amount:
                parts.append(formatLang(self.env, entry.amount, currency_obj=entry.currency_id))
            if entry.date_wanted:
                parts.append(format_date(self.env, entry.date_wanted))
            entry.display_name = " ".join(parts)

    @api.constrains("kind", "amount", "date_wanted", "count", "line_ids", "text")
    def _check_entry(self):
        for entry in self:
            today = entry.company_id._get_collection_today()
            latest = fields.Date.add(today, years=2)
            if entry.kind in ("promise", "plan"):
                if entry.currency_id.compare_amounts(entry.amount, 0) <= 0:
                    raise ValidationError(self.env._("Enter an amount of more than zero."))
                free = entry._get_amount_free(entry._get_items_free())
                if entry.currency_id.compare_amounts(entry.amount, free) > 0:
                    raise ValidationError(
                        self.env._(
                            "%(amount)s can be entered at most: what is disputed, or paid as you"
                            " told us, is no part of it.",
                            amount=formatLang(self.env, free, currency_obj=entry.currency_id),
                        )
                    )
                if not entry.date_wanted or not today <= entry.date_wanted <= latest:
                    raise ValidationError(
                        self.env._("Choose a day from today on, within the next two years.")
                    )
            if entry.kind == "paid":
                if entry.currency_id.compare_amounts(entry.amount, 0) <= 0:
                    raise ValidationError(self.env._("Enter an amount of more than zero."))
                if not entry.date_wanted or not (
                    fields.Date.subtract(today, years=2) <= entry.date_wanted <= today
                ):
                    raise ValidationError(
                        self.env._("Enter the day on which you paid: today at the latest.")
                    )
            if entry.kind == "plan" and not 1 <= entry.count <= 60:
                raise ValidationError(self.env._("Choose 1 to 60 instalments."))
            if entry.kind == "dispute" and not (entry.line_ids and (entry.text or "").strip()):
                raise ValidationError(
                    self.env._("Choose the invoices and write what is wrong with them.")
                )
            if entry.kind == "message" and not (entry.text or "").strip():
                raise ValidationError(self.env._("Write your message first."))
            if len(entry.text or "") > MAX_TEXT:
                raise ValidationError(
                    self.env._("Write at most %(count)s characters.", count=MAX_TEXT)
                )

    # What a promise or plan can be about: what is owed and not disputed.

    def _get_items_free(self):
        """What the entry can be about, oldest first: for a plan the overdue items of the case."""
        self.ensure_one()
        items = self.case_id._get_portal_items()
        if self.kind == "plan":
            items = items.filtered(
                lambda item: item.collection_case_id == self.case_id and item.collection_tier_id
            )
        if self.currency_id != self.company_id.currency_id:
            items = items.filtered(lambda item: item.currency_id == self.currency_id)
        free = self._get_free(items)
        return items.filtered(lambda item: free.get(item))

    def _get_free(self, items):
        """By item, what of it is neither disputed nor in a plan, in the entry's currency."""
        contested, planned = self.env["collection.position"]._get_held(items)
        doubted = self._get_pending("dispute").line_ids
        is_company = self.currency_id == self.company_id.currency_id
        free = {}
        for item in items - doubted:
            if item.id in planned and self.kind == "plan":
                continue
            whole = item.amount_residual if is_company else item.amount_residual_currency
            share = contested.get(item.id, 0) / item.amount_residual if item.amount_residual else 0
            free[item] = self.currency_id.round(whole * (1 - min(share, 1)))
        return free

    def _get_amount_free(self, items):
        """What of these items can be promised or planned: not what is paid as the customer says."""
        self.ensure_one()
        told = sum(
            entry.amount for entry in self._get_pending("paid")
            if entry.currency_id == self.currency_id
        )
        free = sum(self._get_free(items).values())
        return self.currency_id.round(max(free - told, 0))

    def _get_pending(self, *kinds):
        """Other entries of the case of these kinds that wait for an answer."""
        self.ensure_one()
        return self.case_id.portal_request_ids.filtered(
            lambda entry: entry != self and entry.state == "pending" and entry.kind in kinds
        )

    # Two entries that wait do not say opposite things.

    @api.model
    def _check_no_contradiction(self, case_sudo, kind, line_ids):
        """Raise a ``UserError`` if an entry of a kind would gainsay what waits already.

        :param line_ids: ids of the items that it is about
        """
        pending = case_sudo.portal_request_ids.filtered(lambda entry: entry.state == "pending")
        if kind in PLAN_ANSWERS and pending.filtered(lambda entry: entry.kind in PLAN_ANSWERS):
            raise UserError(
                self.env._("You have answered already: we are looking at it. Please call us.")
            )
        if kind in WAYS_TO_PAY:
            for entry in pending.filtered(lambda entry: entry.kind in WAYS_TO_PAY)[:1]:
                raise UserError(self.env._(
                    "%(entry)s: we are looking at it. If that has changed, please call us.",
                    entry=entry._get_customer_title(),
                ))
        if kind == "plan" and case_sudo.plan_ids.filtered(lambda plan: plan.state == "approved"):
            raise UserError(self.env._(
                "We have offered you a payment plan: please accept or decline it first."
            ))
        if kind in ("paid", "dispute"):
            told = pending.filtered(lambda entry: entry.kind in ("paid", "dispute")).line_ids
            told |= case_sudo.dispute_ids.filtered(
                lambda dispute: dispute.state == "open"
            ).line_ids if kind == "dispute" else told.browse()
            again = told.filtered(lambda item: item.id in line_ids)
            if again:
                raise UserError(self.env._(
                    "You told us about %(invoices)s already: we are looking at it. Please call us"
                    " if something has changed.",
                    invoices=", ".join(again.move_id.mapped("name")),
                ))

    # What the customer reads of an entry.

    def _get_customer_title(self):
        """What was entered, in the customer's words."""
        self.ensure_one()
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        day = format_date(self.env, self.date_wanted) if self.date_wanted else ""
        return {
            "promise": self.env._("You will pay %(amount)s by %(date)s", amount=amount, date=day),
            "paid": self.env._("You paid %(amount)s on %(date)s", amount=amount, date=day),
            "plan": self.env._(
                "You asked for a payment plan for %(amount)s, from %(date)s", amount=amount,
                date=day,
            ),
            "plan_accept": self.env._("You accepted the payment plan"),
            "plan_decline": self.env._("You declined the payment plan"),
            "dispute": self.env._(
                "Something is wrong with %(invoices)s",
                invoices=", ".join(filter(None, self.line_ids.move_id.mapped("name"))),
            ),
            "message": self.env._("Your message"),
        }[self.kind]

    def _get_customer_state(self):
        """What became of the entry, in words for the customer."""
        self.ensure_one()
        return {
            "pending": self.env._("We are looking at it"),
            "accepted": self.env._("We have noted it"),
            "declined": self.env._("We have answered you"),
        }[self.state]

    @api.model
    def _enter(self, case_sudo, contact, kind, **vals):
        """Take down what a customer entered, and tell the collector.

        :param case_sudo: the case, access to its page checked
        :param contact: partner of the signed-in customer; empty with a link
        :raises UserError: if the case is closed or too much is waiting already
        """
        if case_sudo.is_closed:
            raise UserError(self.env._("Everything is settled: there is nothing to enter."))
        if case_sudo.portal_request_count >= MAX_PENDING:
            raise UserError(
                self.env._("We are still looking at what you sent. Please call us.")
            )
        # Who is second at the same moment reads what the first one said.
        case_sudo.lock_for_update()
        case_sudo.invalidate_recordset(["portal_request_ids"])
        self._check_no_contradiction(case_sudo, kind, vals.get("line_ids") or [])
        # The customer has no right on the model; the page was checked by the caller.
        entry_sudo = self.sudo().create({
            "case_id": case_sudo.id, "contact_id": contact.id, "kind": kind, **vals,
        })
        entry_sudo._tell_collector()
        if kind == "paid":
            entry_sudo._tell_finance()
        if kind == "paid" or case_sudo._get_policy().portal_pause:
            case_sudo._pause_for_reply()
        return entry_sudo

    # What a customer says was paid: whether such money is there (P3.5).

    @api.depends("kind", "amount", "date_wanted", "partner_id")
    @api.depends_context("lang")
    def _compute_money_note(self):
        for entry in self:
            entry.money_note = entry._describe_money() if entry.kind == "paid" else False

    def _describe_money(self):
        """Which bank line or payment may be the money, in words; or that there is none."""
        self.ensure_one()
        words = [
            self.env._(
                "Bank line of %(date)s: %(amount)s, %(text)s",
                date=format_date(self.env, line.date),
                amount=formatLang(self.env, line.amount, currency_obj=line.currency_id),
                text=" ".join(filter(None, (line.partner_name, line.payment_ref))),
            )
            for line in self._find_bank_lines()
        ]
        words += [
            self.env._(
                "Payment %(name)s of %(date)s: %(amount)s",
                name=payment.name or "", date=format_date(self.env, payment.date),
                amount=formatLang(self.env, payment.amount, currency_obj=payment.currency_id),
            )
            for payment in self._find_payments()
        ]
        return "\n".join(words) or self.env._("No such money has come in.")

    def _get_money_days(self):
        """From and until when the money may have come in, around the day that was entered."""
        self.ensure_one()
        return (
            fields.Date.subtract(self.date_wanted, days=DAYS_BEFORE),
            fields.Date.add(self.date_wanted, days=DAYS_AFTER),
        )

    def _find_bank_lines(self):
        """Bank lines of the amount around the day: the customer's, else the one most alike."""
        self.ensure_one()
        start, end = self._get_money_days()
        # Whether money came in is asked for the customer's case, whoever may see the bank.
        lines_sudo = self.env["account.bank.statement.line"].sudo().search([
            ("company_id", "=", self.company_id.id), ("date", ">=", start), ("date", "<=", end),
            ("amount", ">", 0), ("move_id.state", "=", "posted"),
        ]).filtered(
            lambda line: line.currency_id == self.currency_id
            and not line.currency_id.compare_amounts(line.amount, self.amount)
        )
        own = lines_sudo.filtered(
            lambda line: line.partner_id.commercial_partner_id == self.partner_id
        )
        name = plain_name(self.partner_id.name)
        return own or lines_sudo.filtered(lambda line: not line.partner_id).sorted(
            lambda line: -name_ratio(name, plain_name(line.partner_name or line.payment_ref))
        )[:1]

    def _find_payments(self):
        """Payments of the customer of the amount around the day."""
        self.ensure_one()
        start, end = self._get_money_days()
        # As for bank lines.
        return self.env["account.payment"].sudo().search([
            ("company_id", "=", self.company_id.id), ("date", ">=", start), ("date", "<=", end),
            ("payment_type", "=", "inbound"), ("amount", "=", self.amount),
            ("currency_id", "=", self.currency_id.id), ("state", "in", ("in_process", "paid")),
            ("partner_id.commercial_partner_id", "=", self.partner_id.id),
        ])

    def _tell_finance(self):
        """A to-do for each finance user of the company, with what may be the money."""
        self.ensure_one()
        group_sudo = self.env.ref("debt_collection.group_finance").sudo()
        for user in group_sudo.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        ):
            entry = self.company_id._in_collection_language(self, user)
            self.case_id.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_collection_today(),
                summary=entry.env._("Look for the money: %(entry)s", entry=entry.display_name),
                note=plaintext2html(entry._describe_money()),
                user_id=user.id,
            )

    def _tell_collector(self):
        self.ensure_one()
        case = self.case_id
        today = self.company_id._get_collection_today()
        user = case._get_responsible("collector", today)
        # The customer's page is in the customer's language.
        entry = self.company_id._in_collection_language(self, user)
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            summary=entry.env._("Customer's entry: %(entry)s", entry=entry.display_name),
            user_id=user.id,
        )

    def _get_contact_person(self):
        """The person as a contact of the customer; nobody for a link."""
        contact = self.contact_id
        own = contact.commercial_partner_id == self.partner_id
        return contact if own else contact.browse()

    # A collector confirms or declines what a customer entered.

    def _check_can_answer(self):
        self.check_access("write")
        for entry in self:
            if entry.state != "pending":
                raise UserError(
                    self.env._("“%(entry)s” was answered already.", entry=entry.display_name)
                )

    def action_accept(self):
        """Record the contact, and the promise, plan or dispute that follows from it."""
        self._lock()
        self._check_can_answer()
        for entry in self:
            entry._record_contact(**entry._prepare_promise())
            getattr(entry, f"_accept_{entry.kind}")()
        self._note_answer("accepted")
        return self._get_next_view() if len(self) == 1 else None

    def action_decline(self):
        """Decline these entries; each needs an answer that the customer can read."""
        self._lock()
        self._check_can_answer()
        for entry in self:
            if not (entry.answer or "").strip():
                raise UserError(
                    self.env._(
                        "Write the customer an answer to “%(entry)s” first.",
                        entry=entry.display_name,
                    )
                )
            entry._record_contact()
        self._note_answer("declined")

    def _note_answer(self, state):
        # The state is written by the buttons alone, see `write`.
        self.sudo().write({
            "state": state,
            "answered_by_id": self.env.uid,
            "date_answered": fields.Datetime.now(),
        })

    def _prepare_promise(self):
        """What the contact says of a promise; the promise follows from the contact."""
        self.ensure_one()
        if self.kind != "promise":
            return {}
        currency = self.case_id._get_debt_currency()
        # What is owed may be in other currencies by now.
        amount = self.currency_id._convert(
            self.amount, currency, self.company_id, self.company_id._get_collection_today()
        )
        return {
            "amount_promised": amount, "date_promised": self.date_wanted,
            "promise_written": True,
        }

    def _record_contact(self, **vals):
        """The entry is a contact of the customer's (P3.7)."""
        self.ensure_one()
        self.env["collection.activity"].create({
            "case_id": self.case_id.id,
            "date": self.create_date,
            "method": "other",
            "direction": "inbound",
            "outcome": OUTCOMES[self.kind],
            "contact_id": self._get_contact_person().id,
            "feedback": self.env._(
                "Entered on the customer's page: %(entry)s\n%(text)s",
                entry=self.display_name, text=self.text or "",
            ).strip(),
            "attachment_ids": self.attachment_ids.ids,
            "state": "confirmed",
            **vals,
        })

    def _accept_promise(self):
        """The promise is taken down with the contact."""

    def _accept_paid(self):
        """What came in is the ledger's to say; the contact keeps what the customer said."""

    def _accept_plan(self):
        items, amount = self._choose_plan_items()
        plan = self.env["collection.plan"].create({
            "case_id": self.case_id.id,
            "currency_id": self.currency_id.id,
            "item_ids": [Command.set(items.ids)],
            "amount": amount,
            "count": self.count,
            "date_first": self.date_wanted,
            "note": self.text,
        })
        plan.action_generate()
        # What follows is noted by the button alone, see `write`.
        self.sudo().plan_id = plan

    def _choose_plan_items(self):
        """The oldest items that make up the amount asked for, and that amount, as far as owed."""
        self.ensure_one()
        # What is owed is no secret to who answers the customer.
        entry_sudo = self.sudo()
        free = entry_sudo._get_free(entry_sudo._get_items_free())
        items, left = self.env["account.move.line"], self.amount
        for item, part in free.items():
            if self.currency_id.compare_amounts(left, 0) <= 0:
                break
            items |= item.with_env(self.env)
            left -= part
        return items, self.currency_id.round(self.amount - max(left, 0))

    def _accept_plan_accept(self):
        self.plan_id.accepted_by = self.env._(
            "%(name)s on the customer's page, %(date)s",
            name=self.contact_name or self.contact_id.name or self.partner_id.name,
            date=self.company_id._get_collection_date(self.create_date),
        )
        self.plan_id.is_written = True
        self.plan_id.action_accept()

    def _accept_plan_decline(self):
        if self.plan_id.state == "approved":
            self.plan_id.action_cancel()

    def _accept_dispute(self):
        dispute = self.env["collection.dispute"].create({
            "case_id": self.case_id.id,
            "line_ids": self.line_ids.filtered(lambda line: not line.reconciled).ids,
            "reason": self.text,
        })
        for attachment in self.attachment_ids:
            attachment.copy({"res_model": dispute._name, "res_id": dispute.id})

    def _accept_message(self):
        """A message needs no record of its own beside the contact."""

    def _get_next_view(self):
        """What the collector looks at next: the plan to finish, if one was asked for."""
        self.ensure_one()
        if self.kind == "plan":
            return self.plan_id._get_records_action()
        return None

