from datetime import timedelta

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date, format_time, formatLang, html2plaintext
from odoo.tools.misc import babel_locale_parse

from ...tools.contact_window import to_local

MOST_CASES = 200
MOST_ENTRIES = 80
ENTRY_DAYS = 400
TEXT = 600
SENT_KINDS = ("statement", "reminder", "dunning", "final")
NOT_REACHED = ("no_answer", "left_message")


class CollectionDesk(models.AbstractModel):
    """The collector's day on one screen: the worklist, a case, and what is done with it (P2.2).

    Nothing is decided here. Each method asks or calls the rooms' own methods as the user, so
    that rights, rules and what follows are the same as on the forms.
    """

    _name = "collection.desk"
    _description = "Collector's Desk"

    # The worklist: which cases, in which order, and why each is on it.

    @api.model
    @api.readonly
    def get_worklist(self):
        """Today's cases of the user, and those that are done.

        :return: dict of ``cases`` and ``done`` (lists of rows), ``total``, and ``week``: the
            number of open promises for this week
        """
        cases = self.env["collection.case"]
        cases.check_access("read")
        mine = cases._get_my_domain() & Domain("company_id", "in", self.env.companies.ids)
        today = cases._get_today_domain()
        waiting = cases.search(mine & today, limit=MOST_CASES)
        done = cases.search(
            mine & ~today & Domain("date_last_contact", ">=", "today"), limit=MOST_CASES
        )
        return {
            "cases": self._prepare_rows(waiting),
            "done": self._prepare_rows(done),
            "total": cases.search_count(mine & today) + len(done),
            "week": self.env["collection.promise"].search_count(self._get_week_domain()),
        }

    @api.model
    def _get_week_domain(self):
        """Open promises of the user's cases that are to be kept by Sunday."""
        today = fields.Date.context_today(self)
        return [
            ("case_id", "any", self.env["collection.case"]._get_my_domain()),
            ("state", "=", "open"),
            ("date_promised", "<=", today + timedelta(days=6 - today.weekday())),
        ]

    @api.model
    def _prepare_rows(self, cases):
        figures = self._get_figures(cases)
        return [
            {
                "id": case.id,
                "name": case.partner_id.name or case.name,
                "priority": case.priority,
                "priority_reason": case.priority_reason or "",
                "tier": case.tier_id.name or "",
                "tier_color": case.tier_color,
                "net": figures[case]["net"],
                "net_text": figures[case]["net_text"],
                "why": self._get_why(case),
                "phone": case.partner_phone or "",
                "company": case.company_id.name if len(self.env.companies) > 1 else "",
            }
            for case in cases
        ]

    @api.model
    def _get_why(self, case):
        """Why the case is on today's list, in a few words."""
        today = case.company_id._get_collection_today()
        if case.wait_until and case.wait_until >= today:
            return self.env._("Reply received")
        if case.portal_request_count:
            return self.env._("Portal request")
        promised = case.promise_ids.filtered(lambda promise: promise.state == "open")[:1]
        if promised and promised.date_promised <= today:
            return self.env._(
                "Promise due %(day)s", day=self._name_day(promised.date_promised, today)
            )
        broken = case.promise_ids.filtered(lambda promise: promise.state in ("partial", "broken"))
        if broken and case.promise_ids._is_last_broken():
            return self.env._(
                "Promise broken %(day)s", day=self._name_day(broken[0].date_promised, today)
            )
        to_do = case.activity_ids.sorted("date_deadline")[:1]
        if to_do and to_do.date_deadline <= today:
            return self.env._(
                "%(to_do)s due %(day)s",
                to_do=to_do.activity_type_id.name or to_do.summary or self.env._("To-do"),
                day=self._name_day(to_do.date_deadline, today),
            )
        if to_do:
            return self._describe_to_do(to_do, today)
        return self.env._("Not contacted yet") if not case.date_last_contact else ""

    @api.model
    def _label(self, record, name):
        """What a choice of a record is called in the reader's language."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], "")

    @api.model
    def _describe_to_do(self, to_do, today):
        name = to_do.activity_type_id.name or to_do.summary or self.env._("To-do")
        return f"{name} · {self._name_day(to_do.date_deadline, today)}"

    @api.model
    def _name_day(self, day, today):
        """A day as people say it: today, tomorrow, yesterday, else the day of the month."""
        distance = (day - today).days
        if abs(distance) <= 1:
            return {
                -1: self.env._("yesterday"),
                0: self.env._("today"),
                1: self.env._("tomorrow"),
            }[distance]
        locale = babel_locale_parse(self.env.lang or "en_US")
        skeleton = "MMMd" if day.year == today.year else "yMMMd"
        return format_skeleton(skeleton, day, locale=locale)

    @api.model
    def _get_figures(self, cases):
        """What is owed on these cases, as their positions say it.

        :return: by case, dict of ``overdue net credits promised`` in company currency and their
            texts; those of ``net`` and ``overdue`` are in the customer's currency where all that
            is overdue is in one
        """
        positions = cases._get_positions().grouped("case_id")
        figures = {}
        for case in cases:
            company = case.currency_id
            owed = positions.get(case, self.env["collection.position"]).filtered("amount_overdue")
            net, overdue, theirs = case.amount_to_collect, case.amount_overdue, company
            if len(owed) == 1:
                net, overdue, theirs = (
                    owed.amount_to_collect, owed.amount_overdue, owed.currency_id
                )
            credit = case.amount_unapplied
            figures[case] = {
                "overdue": case.amount_overdue,
                "net": case.amount_to_collect,
                "credits": credit,
                "promised": case.amount_promised,
                "net_text": net and formatLang(self.env, net, currency_obj=theirs),
                "overdue_text": formatLang(self.env, overdue, currency_obj=theirs),
                "credits_text": credit and formatLang(self.env, credit, currency_obj=company),
            }
        return figures

    @api.model
    def _get_amount_meant(self, case):
        """What is promised when no invoice is ticked, in the currency that promises are made in:
        what is to be collected, else what is promised already and is promised anew."""
        currency = case._get_debt_currency()
        if asked := case._get_to_collect(currency):
            return asked
        position = case._get_positions().filtered(lambda row: row.currency_id == currency)
        return sum(position.mapped("amount_promised"))

    # One case: its customer, open invoices, what happened, and what to say.

    @api.model
    @api.readonly
    def get_case(self, case_id):
        """All that the desk shows of one case.

        :return: dict, see the methods below; ``False`` for a case that is not there any more or
            not the user's to see
        """
        case = self.env["collection.case"].search([("id", "=", case_id)])
        if not case:
            return False
        case.read(["partner_id"])  # opening a confidential case is noted
        account = self._get_account(case)
        figures = self._get_figures(case)[case]
        return {
            "id": case.id,
            "name": case.name,
            "customer": self._prepare_customer(case),
            "figures": {
                **figures,
                "currency_id": case._get_debt_currency().id,
                "meant": self._get_amount_meant(case),
            },
            "ageing": self._prepare_ageing(case, account),
            "invoices": self._prepare_invoices(case),
            "promises": self._prepare_promises(case),
            "timeline": self._prepare_timeline(case, account),
            "guide": self._prepare_guide(case),
            "why": self._get_why(case),
            "is_closed": case.is_closed,
            "stage": self._label(case, "stage"),
            "pause": case.pause_text or "",
            "next": self._prepare_next(case),
            "dispute_reasons": self.env["collection.dispute.reason"].search_read(
                [], ["name"], limit=8
            ),
            "drafts": [
                {"id": letter.id, "kind": letter.kind, "name": self._label(letter, "kind")}
                for letter in case.letter_ids
                if letter.state == "draft"
            ],
            "today": fields.Date.to_string(case.company_id._get_collection_today()),
        }

    @api.model
    def _get_account(self, case):
        """The customer's account of the last year, by the room of the ledger."""
        partner, company = case.partner_id, case.company_id
        partner._check_collection_statement()
        today = company._get_collection_today()
        return partner._get_collection_statement(
            today - timedelta(days=ENTRY_DAYS), today, company
        )[partner.commercial_partner_id.id]

    @api.model
    def _prepare_customer(self, case):
        """Who is called: name, number, the person's local time, and whether it may be now."""
        partner = case.partner_id
        person = partner._get_collection_contact()
        zone = case._get_contact_zones(person)[0]
        now = fields.Datetime.now()
        moment, words = case._get_next_contact("phone", person)
        local = to_local(now, zone)
        later = to_local(moment, zone) if moment and moment > now else None
        hour = later and format_time(self.env, later.time(), time_format="short")
        return {
            "id": partner.id,
            "name": partner.name or "",
            "ref": partner.ref or "",
            "person": person.name if person != partner else "",
            "person_id": person.id,
            "phone": person.phone or partner.phone or "",
            "email": person.email or partner.email or "",
            "local_time": format_time(self.env, local.time(), time_format="short"),
            "city": partner.city or partner.country_id.name or "",
            "is_callable": not words,
            "refusal": words or "",
            "callable_from": later and f"{self._name_day(later.date(), local.date())} {hour}",
            "prefers": partner._describe_collection_preferences(),
        }

    @api.model
    def _prepare_ageing(self, case, account):
        """The bar: bands with their share, in the currency in which most is owed."""
        if not account:
            return []
        ladder = self.env["collection.tier"]._get_ladder(case.company_id)
        names = {"not_due": self.env._("Current")}
        for tier in ladder:
            names[tier.code] = tier._get_band_name()
        rows = []
        for part in account:
            bands = [band for band in part["ageing"] if band["code"] in names]
            total = sum(band["amount"] for band in bands)
            if total <= 0:
                continue
            rows.append({
                "currency": part["currency"].name,
                "bands": [
                    {
                        "code": band["code"],
                        "name": names[band["code"]],
                        "amount": formatLang(
                            self.env, band["amount"], currency_obj=part["currency"]
                        ) if band["amount"] else "",
                        "share": round(100 * band["amount"] / total, 1),
                    }
                    for band in bands
                ],
            })
        return rows

    @api.model
    def _prepare_invoices(self, case):
        """The case's open items, the oldest first, with what keeps each from being chased."""
        today = case.company_id._get_collection_today()
        disputed = case.dispute_ids.filtered(lambda dispute: dispute.state == "open").line_ids
        planned = case.plan_ids.filtered(
            lambda plan: plan.state in ("draft", "approved", "performing")
        ).item_ids
        open_items = case.line_ids.filtered(lambda line: not line.reconciled)
        currency = case._get_debt_currency()
        return [
            {
                "id": line.id,
                "move_id": line.move_id.id,
                "name": line.move_id.name or line.name or "",
                "date": format_date(self.env, line.invoice_date or line.date),
                "due": format_date(self.env, line._get_collection_due()),
                "days": (today - line._get_collection_due()).days,
                "amount": (
                    line.amount_residual_currency if line.currency_id == currency
                    else line.amount_residual if currency == line.company_currency_id
                    else line.company_currency_id._convert(
                        line.amount_residual, currency, line.company_id, today
                    )
                ),
                "amount_text": formatLang(
                    self.env, line.amount_residual_currency, currency_obj=line.currency_id
                ),
                "state": (
                    "disputed" if line in disputed else "planned" if line in planned else ""
                ),
            }
            for line in open_items.sorted(lambda line: (line._get_collection_due(), line.id))
        ]

    @api.model
    def _prepare_promises(self, case):
        today = case.company_id._get_collection_today()
        return [
            {
                "id": promise.id,
                "state": promise.state,
                "label": self._label(promise, "state"),
                "amount": formatLang(
                    self.env, promise.amount, currency_obj=promise.currency_id
                ),
                "day": self._name_day(promise.date_promised, today),
            }
            for promise in case.promise_ids
            if promise.state in ("open", "partial", "broken")
        ][:3]

    @api.model
    def _prepare_guide(self, case):
        """What to say: the guide of the situation, with the oldest invoice filled in."""
        contact = self.env["collection.activity"].new({"case_id": case.id})
        today = case.company_id._get_collection_today()
        oldest = case.line_ids.filtered(lambda line: not line.reconciled).sorted(
            lambda line: (line._get_collection_due(), line.id)
        )[:1]
        opening = oldest and self.env._(
            "Invoice %(number)s over %(amount)s was due on %(date)s, %(days)s days ago.",
            number=oldest.move_id.name,
            amount=formatLang(
                self.env, oldest.amount_residual_currency, currency_obj=oldest.currency_id
            ),
            date=format_date(self.env, oldest._get_collection_due()),
            days=(today - oldest._get_collection_due()).days,
        )
        return {
            "name": contact.guide_id.name or "",
            "opening": opening or "",
            "body": contact.guide_body or "",
        }

    @api.model
    def _prepare_next(self, case):
        today = case.company_id._get_collection_today()
        to_do = case.activity_ids.sorted("date_deadline")[:1]
        return self._describe_to_do(to_do, today) if to_do else ""

    # The timeline: what happened with the customer, whoever wrote it down, the latest first.

    @api.model
    def _prepare_timeline(self, case, account):
        entries = [
            *self._get_contact_entries(case),
            *self._get_message_entries(case),
            *self._get_letter_entries(case),
            *self._get_money_entries(account),
            *self._get_promise_entries(case),
            *self._get_portal_entries(case),
        ]
        entries.sort(key=lambda entry: entry["moment"], reverse=True)
        return entries[:MOST_ENTRIES]

    @api.model
    def _entry(self, key, kind, moment, title, text="", **more):
        """An entry of the timeline; ``moment`` is a day, or a time in UTC."""
        return {
            "key": key,
            "kind": kind,
            "moment": fields.Datetime.to_string(moment),
            "has_time": not isinstance(moment, str) and hasattr(moment, "hour"),
            "title": title,
            "text": (text or "").strip()[:TEXT],
            **more,
        }

    @api.model
    def _get_contact_entries(self, case):
        confirmed = case.collection_activity_ids.filtered(lambda c: c.state == "confirmed")
        return [
            self._entry(
                f"activity-{contact.id}",
                "email" if contact.method == "email" else "activity",
                contact.date,
                " · ".join(filter(None, [
                    self._label(contact, "method"), self._label(contact, "outcome"),
                ])),
                contact.feedback,
                author=contact.user_id.name or "",
                person=contact.contact_id.name or "",
                is_inbound=contact.direction == "inbound",
                is_corrected=bool(contact.correction_ids),
                corrects=bool(contact.corrects_id),
                contact_id=contact.id,
                outcome=contact.outcome,
                can_correct=contact.user_id == self.env.user and not contact.correction_ids,
                seal={"number": contact.seal_number, "hash": contact.seal},
            )
            for contact in confirmed[:MOST_ENTRIES]
        ]

    @api.model
    def _get_message_entries(self, case):
        """Notes and e-mails of the log; an e-mail that is a contact already is not told twice."""
        known = case.collection_activity_ids.message_id
        messages = self.env["mail.message"].search([
            ("model", "=", "collection.case"), ("res_id", "=", case.id),
            ("message_type", "in", ("comment", "email", "email_outgoing", "notification")),
            ("id", "not in", known.ids),
        ], limit=MOST_ENTRIES)
        return [
            self._entry(
                f"message-{message.id}",
                "email" if message.message_type in ("email", "email_outgoing") else "note",
                message.date,
                message.subject or (
                    self.env._("Note") if message.message_type == "comment"
                    else self.env._("System note")
                ),
                html2plaintext(message.body or "", include_references=False),
                author=message.author_id.name or "",
            )
            for message in messages
            if html2plaintext(message.body or "").strip()
        ]

    @api.model
    def _get_letter_entries(self, case):
        return [
            self._entry(
                f"letter-{letter.id}",
                "letter",
                letter.date_sent or letter.date,
                letter.display_name,
                self._label(letter, "state"),
                letter_id=letter.id,
                is_corrected=letter.state == "cancelled",
            )
            for letter in case.letter_ids[:MOST_ENTRIES]
        ]

    @api.model
    def _get_money_entries(self, account):
        """Payments and credit notes as the statement of account has them."""
        entries = []
        for part in account:
            for number, row in enumerate(part["movements"]):
                if row["kind"] in ("payment", "credit_note") and row["credit"]:
                    amount = formatLang(self.env, row["credit"], currency_obj=part["currency"])
                    title = (
                        self.env._("Payment of %(amount)s", amount=amount)
                        if row["kind"] == "payment"
                        else self.env._("Credit note of %(amount)s", amount=amount)
                    )
                    entries.append(self._entry(
                        f"money-{part['currency'].name}-{number}", "payment", row["date"],
                        title, " ".join(filter(None, (row["name"], row["ref"]))),
                    ))
        return entries

    @api.model
    def _get_promise_entries(self, case):
        return [
            self._entry(
                f"promise-{promise.id}",
                "promise",
                promise.create_date,
                self.env._("Promise: %(promise)s", promise=promise.display_name),
                self._label(promise, "state"),
                author=promise.user_id.name or "",
                is_corrected=promise.state in ("cancelled", "superseded"),
            )
            for promise in case.promise_ids
        ]

    @api.model
    def _get_portal_entries(self, case):
        return [
            self._entry(
                f"portal-{entry.id}",
                "portal",
                entry.create_date,
                entry.display_name,
                entry.text or self._label(entry, "state"),
                author=entry.contact_name or entry.contact_id.name or "",
                request_id=entry.id,
                is_pending=entry.state == "pending",
            )
            for entry in case.portal_request_ids
        ]

    # What is done from the desk. Each answer is what the toast says, and how it is undone.

    @api.model
    def _get_case(self, case_id):
        return self.env["collection.case"].browse(case_id).exists() or self._raise_gone()

    @api.model
    def _raise_gone(self):
        raise UserError(self.env._("This case is not there any more. Choose another one."))

    @api.model
    def log_call(self, case_id, outcome, notes="", method="phone", direction="outbound"):
        """Record an activity that took place just now.

        A call that reached nobody is tried again on the next working day on which the contact
        rule lets somebody call.

        :param outcome: a key of the activity's outcomes
        :return: dict of ``message`` and ``undo``
        """
        case = self._get_case(case_id)
        vals = {
            "case_id": case.id,
            "method": method,
            "direction": direction,
            "outcome": outcome,
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": notes or False,
            "state": "confirmed",
        }
        tried_again = outcome in NOT_REACHED and method in ("phone", "visit")
        if (tried_again or outcome == "wrong_number") and not case.is_closed:
            day = case._get_next_try_day(method)
            if day:
                vals.update(next_method=method, next_date=day)
            if outcome == "wrong_number":
                vals["next_note"] = self.env._("Find the right number")
        contact = self.env["collection.activity"].create(vals)
        today = case.company_id._get_collection_today()
        words = f"{case.partner_id.name}: {self._label(contact, 'outcome')}."
        if contact.next_date:
            words = self.env._(
                "%(what)s Next try %(day)s.",
                what=words, day=self._name_day(contact.next_date, today),
            )
        case._update_chase()
        return {"message": words, "undo": {"contact": contact.id}}

    @api.model
    def make_promise(self, case_id, amount, date, line_ids=(), notes="", direction="outbound"):
        """Record a call in which the customer promised to pay.

        :param float amount: in the currency that the customer owes
        :param date: the last day to pay, inclusive
        :param line_ids: the items that the customer means
        """
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        contact = self.env["collection.activity"].create({
            "case_id": case.id,
            "method": "phone",
            "direction": direction,
            "outcome": "promised",
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": self._join_words(notes, items),
            "amount_promised": amount,
            "date_promised": date,
            "state": "confirmed",
        })
        promise = contact.promise_id
        case._update_chase()
        today = case.company_id._get_collection_today()
        return {
            "message": self.env._(
                "%(customer)s promised %(amount)s for %(day)s.",
                customer=case.partner_id.name,
                amount=formatLang(self.env, promise.amount, currency_obj=promise.currency_id),
                day=self._name_day(promise.date_promised, today),
            ),
            "undo": {"contact": contact.id, "promise": promise.id},
        }

    @api.model
    def make_dispute(self, case_id, line_ids, reason_id, notes="", direction="outbound"):
        """Record a call in which the customer contested items, and open the dispute."""
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        if not items:
            raise UserError(self.env._("Tick the invoices that the customer disputes."))
        reason = self.env["collection.dispute.reason"].browse(reason_id or ())
        dispute = self.env["collection.dispute"].create({
            "case_id": case.id,
            "line_ids": [Command.set(items.ids)],
            "reason_id": reason.id,
            "reason": notes or reason.name,
        })
        contact = self.env["collection.activity"].create({
            "case_id": case.id,
            "method": "phone",
            "direction": direction,
            "outcome": "disputed",
            "contact_id": case.partner_id._get_collection_contact().id,
            "feedback": self._join_words(notes or reason.name, items),
            "state": "confirmed",
        })
        case._update_chase()
        return {
            "message": self.env._(
                "Disputed: %(amount)s of %(customer)s. Not chased until it is resolved.",
                amount=formatLang(self.env, dispute.amount, currency_obj=dispute.currency_id),
                customer=case.partner_id.name,
            ),
            "undo": {"contact": contact.id, "dispute": dispute.id},
        }

    @api.model
    def make_plan(self, case_id, count, line_ids=(), date_first=False, unit="month"):
        """Propose instalments for the ticked items, all overdue ones when none is; the manager
        approves them."""
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        vals = {"case_id": case.id, "count": count, "unit": unit}
        if items:
            vals["item_ids"] = [Command.set(items.ids)]
        if date_first:
            vals["date_first"] = date_first
        plan = self.env["collection.plan"].create(vals)
        plan.action_propose()
        return {
            "message": self.env._(
                "Plan of %(count)s instalments proposed; the manager approves it.", count=count
            ),
            "undo": {"plan": plan.id},
        }

    @api.model
    def _join_words(self, notes, items):
        """Notes, and the numbers of the invoices that were spoken about."""
        return "\n".join(filter(None, (notes, ", ".join(items.move_id.mapped("name"))))) or False

    @api.model
    def correct(self, contact_id, outcome, notes):
        """Record a correction of an activity; the list shows the old one struck through."""
        contact = self.env["collection.activity"].browse(contact_id)
        correction = contact.browse(contact.action_correct()["res_id"])
        correction.write({"outcome": outcome, "feedback": notes or False, "next_method": False,
                          "next_date": False, "next_note": False})
        correction.action_confirm()
        return {"message": self.env._("Corrected."), "undo": False}

    @api.model
    def undo(self, token):
        """Take back what a toast told of, as far as the records allow it.

        A confirmed activity stays: it is corrected, and the call is on today's list again. The
        methods called say themselves whose and how old a record may be.

        :param dict token: what the method that did it answered
        """
        cases = self.env["collection.case"]
        if promise_id := token.get("promise"):
            promise = self.env["collection.promise"].browse(promise_id)
            promise.action_take_back()
            cases |= promise.case_id
        if dispute_id := token.get("dispute"):
            dispute = self.env["collection.dispute"].browse(dispute_id)
            cases |= dispute.case_id
            dispute.action_take_back()
        if plan_id := token.get("plan"):
            self.env["collection.plan"].browse(plan_id).unlink()
        if letter_id := token.get("letter"):
            self.env["collection.letter"].browse(letter_id).action_take_back()
        cases._update_chase()
        if contact_id := token.get("contact"):
            self.env["collection.activity"].browse(contact_id).action_take_back()
        return {"message": self.env._("Undone."), "undo": False}

    # Letters and statements: seen before they leave, and sent in one step.

    @api.model
    def preview_letter(self, case_id, kind):
        """The letter as it would go out; nothing of it stays.

        :return: dict of ``html subject contact_id channel recipients draft_id needs_approval``
        """
        case = self._get_case(case_id)
        draft = self._get_draft(case, kind)
        with self.env.cr.savepoint() as savepoint:
            letter = draft or self._get_letter(case, kind)
            answer = {
                "html": letter.preview or "",
                "kind": kind,
                "subject": letter._get_texts()["mail_subject"] or letter.display_name,
                "contact_id": letter.contact_id.id or case.partner_id.id,
                "channel": letter.channel,
                "channels": letter._get_channels(),
                "recipients": self._get_recipients(case),
                "is_drafted": bool(draft),
                "needs_approval": letter._needs_other(),
            }
            # A letter that is only looked at is not kept.
            self.env.flush_all()
            savepoint.rollback()
            self.env.invalidate_all(flush=False)
        return answer

    @api.model
    def _get_recipients(self, case):
        people = case.partner_id | case.partner_id.child_ids
        return [
            {"id": person.id, "name": person.name or case.partner_id.name,
             "email": person.email or ""}
            for person in people
        ]

    @api.model
    def _get_draft(self, case, kind):
        """The draft of a kind that the policy, or somebody, wrote already."""
        return case.letter_ids.filtered(
            lambda letter: letter.kind == kind and letter.state == "draft"
            and not letter.date_released
        ).sorted("id")[-1:]

    @api.model
    def _get_letter(self, case, kind):
        """The draft that waits already, else a new one."""
        if kind not in SENT_KINDS:
            raise UserError(self.env._("Such a letter is not sent from the desk."))
        letter = self._get_draft(case, kind)
        if letter:
            return letter
        return self.env["collection.letter"].create({
            "case_id": case.id,
            "kind": kind,
            "date": case.company_id._get_collection_today(),
        })

    @api.model
    def send_letter(self, case_id, kind, contact_id=False, channel=False):
        """Send the letter that was looked at, or ask the manager where the template says so.

        E-mails leave by the job that sends letters: nobody waits for the PDF.
        """
        case = self._get_case(case_id)
        letter = self._get_letter(case, kind)
        vals = {
            name: value
            for name, value in (("contact_id", contact_id), ("channel", channel))
            if value and letter[name] != letter._fields[name].convert_to_record(
                letter._fields[name].convert_to_cache(value, letter), letter
            )
        }
        if vals:
            letter.write(vals)
        words = {"letter": self._label(letter, "kind"), "customer": case.partner_id.name}
        if letter._needs_other():
            letter.action_request()
            message = self.env._(
                "%(letter)s to %(customer)s: the manager is asked to approve it.", **words
            )
            return {"message": message, "undo": False}
        letter.action_release()
        if not letter.is_manual:
            message = self.env._("%(letter)s to %(customer)s: on its way.", **words)
        else:
            message = self.env._("%(letter)s to %(customer)s: ready to print.", **words)
        return {"message": message, "undo": {"letter": letter.id}}

    @api.model
    def send_statement(self, case_id, contact_id=False, channel=False):
        """Send the statement of account."""
        return self.send_letter(case_id, "statement", contact_id, channel)

    @api.model
    def send_copies(self, case_id, line_ids):
        """Send the customer the PDFs of the ticked invoices."""
        case = self._get_case(case_id)
        items = case.line_ids.filtered(lambda line: line.id in line_ids)
        if not items:
            raise UserError(self.env._("Tick the invoices to send."))
        contact = case._send_invoice_copies(items.move_id)
        return {
            "message": self.env._(
                "%(count)s invoices sent to %(email)s.",
                count=len(items.move_id), email=contact.email,
            ),
            "undo": False,
        }

    @api.model
    def get_pay_link(self, case_id, line_ids=()):
        """Where the customer pays the ticked invoices, else the customer's page of the case."""
        case = self._get_case(case_id)
        case.check_access("read")
        items = case.line_ids.filtered(
            lambda line: not line.reconciled and (not line_ids or line.id in line_ids)
        )
        url = case.partner_id._get_collection_pay_url(case.company_id, items)
        return url or f"{case.get_base_url()}{case.get_portal_url()}"
