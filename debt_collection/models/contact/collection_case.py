from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date, format_time, html2plaintext

from ...tools.contact_window import (
    HORIZON_DAYS,
    Debtor,
    Past,
    check_everywhere,
    next_allowed_everywhere,
    to_local,
    to_utc,
)
from ..base.collection_guard import OURS
from .res_partner import CHANNEL_FIELDS

REACHED = ("reached", "promised", "disputed", "refused")
LOOK_BACK_DAYS = 60
FITTED = ("phone", "visit", "email", "letter")
"""Methods of steps that keep to the customer's contact rule."""


def to_time(hour):
    """8.5 as half past eight; 24 as midnight."""
    minutes = round(hour * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)


class CollectionCase(models.Model):
    """Contacts of a case: what is allowed when, and the e-mails of its log (P1.1, P1.2, P3.7)."""

    _inherit = "collection.case"

    collection_activity_ids = fields.One2many("collection.activity", "case_id", "Contacts")
    date_last_contact = fields.Datetime(
        "Last Contact", compute="_compute_date_last_contact", store=True
    )

    wait_until = fields.Date(
        "Customer Replied, Wait Until", readonly=True, copy=False,
        help="No new steps up to this day, inclusive: somebody reads the reply first.",
    )
    _people_write = {"*": {"collection_activity_ids"}}

    reply_ids = fields.One2many("collection.reply", "case_id", "Suggestions from E-Mails")
    reply_count = fields.Integer("Suggestions", compute="_compute_reply_count")
    is_sender_unverified = fields.Boolean(
        "Sender Not Verified", readonly=True, copy=False,
        help="Somebody wrote from an address that is none of the customer's: nothing is sent by"
        " itself until a person has looked at it.",
    )

    @api.depends("reply_ids.state")
    def _compute_reply_count(self):
        counts = dict(
            self.env["collection.reply"]._read_group(
                [("case_id", "in", self.ids), ("state", "=", "open")], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.reply_count = counts.get(case._origin, 0)

    @api.depends("collection_activity_ids.state", "collection_activity_ids.date")
    def _compute_date_last_contact(self):
        for case in self:
            contacts = case.collection_activity_ids.filtered(lambda c: c.state == "confirmed")
            case.date_last_contact = max(contacts.mapped("date"), default=False)

    # Whether, when and how the customer of a case may be contacted (P1.1, P1.2).

    def _get_contact_rule(self):
        self.ensure_one()
        return self.env["collection.contact.rule"]._choose_for(self.partner_id, self.company_id)

    def _get_contact_facts(self, date_from, date_to):
        """What the pure rules need for these cases, in a few queries for all of them.

        :param date_from: the first day on which somebody is to be contacted
        :return: by case, rule record, rule, function of a day, and past contacts in UTC
        """
        since = datetime.combine(date_from - timedelta(days=LOOK_BACK_DAYS), time.min)
        # Contacts of colleagues count as well; a correction is no other contact.
        contacts_sudo = self.env["collection.activity"].sudo().search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "confirmed"), ("direction", "=", "outbound"),
                ("corrects_id", "=", False), ("date", ">=", since),
            ],
            ["partner_id", "company_id", "date", "method", "outcome"],
        )
        grouped = contacts_sudo.grouped(lambda c: (c.partner_id.id, c.company_id))
        days = {
            company: set(
                company._get_collection_working_days(
                    date_from - timedelta(days=1), date_to + timedelta(days=HORIZON_DAYS + 2)
                )
            )
            for company in self.company_id
        }
        rules = {case: case._get_contact_rule() for case in self}
        pure = {rule: rule._as_rule() for rule in set(rules.values()) if rule}
        facts = {}
        for case in self:
            past = [
                Past(contact.date, contact.method, contact.outcome in REACHED)
                for contact in grouped.get((case.partner_id.id, case.company_id), ())
            ]
            rule = rules[case]
            facts[case] = (rule, pure.get(rule), days[case.company_id].__contains__, past)
        return facts

    def _get_contact_zones(self, contact=None):
        self.ensure_one()
        # When a customer may be called is no secret; the customer's record may be.
        partner_sudo = (contact or self.partner_id).sudo()
        return partner_sudo._get_collection_contact_zones(self.company_id)

    def _get_contact_debtor(self, contact=None):
        """The wishes of the customer, and of the person who is contacted, together."""
        self.ensure_one()
        partners_sudo = (self.partner_id | (contact or self.partner_id.browse())).sudo()
        ceased = [day for day in partners_sudo.mapped("collection_cease_date") if day]
        quiet = partners_sudo.filtered(
            lambda partner: partner.collection_quiet_from != partner.collection_quiet_to
        )[-1:]
        return Debtor(
            frozenset(
                channel for channel, name in CHANNEL_FIELDS.items() if any(
                    partner[name] for partner in partners_sudo
                )
            ),
            min(ceased, default=None),
            quiet.collection_quiet_from,
            quiet.collection_quiet_to,
            # When a customer may be called is no secret; the customer's record may be.
            self.partner_id.sudo().collection_hours_agreed,
        )

    def _get_contact_refusal(self, channel, moment=None, contact=None, is_legal_notice=False):
        """The rule that a contact would break, and how in words; two empty values: none.

        :param channel: ``phone visit sms email letter``
        :param moment: in UTC, by default now
        """
        self.ensure_one()
        moment = moment or fields.Datetime.now()
        zones = self._get_contact_zones(contact)
        day = to_local(moment, zones[0]).date()
        rule, pure, is_working_day, past = self._get_contact_facts(day, day)[self]
        if not rule:
            return rule, ""
        if rule.date_valid_to and day > rule.date_valid_to:
            return rule, rule._get_words_not_in_force(day)
        refusal, local = check_everywhere(
            zones, pure, self._get_contact_debtor(contact), moment, channel, past,
            is_working_day, is_legal_notice,
        )
        return rule, self._describe_refusal(rule, refusal, local, zones) if refusal else ""

    def _describe_refusal(self, rule, refusal, local, zones):
        """Why a contact is not allowed, in words, with the rule's name."""
        self.ensure_one()
        limit = refusal.limit
        hours = {
            "start": format_time(self.env, to_time(rule.hour_from), time_format="HH:mm"),
            "end": format_time(self.env, to_time(rule.hour_to), time_format="HH:mm"),
        }
        words = {
            "ceased": self.env._("the customer sent a cease notice"),
            "opted_out": self.env._("the customer does not want to be contacted this way"),
            "hours": self.env._(
                "%(time)s at the customer's is not between %(start)s and %(end)s",
                time=local.strftime("%H:%M"), **hours,
            ),
            "day": self.env._("%s is not a working day", format_date(self.env, local.date())),
            "quiet": self.env._("the hour is inconvenient to the customer"),
            "wait": self.env._(
                "there was a conversation within the last %s days", rule.wait_days
            ),
            "limit": limit and self.env._(
                "the limit of %(count)s within %(days)s days is reached",
                count=limit.count, days=limit.days,
            ),
        }
        reason = words[refusal.code]
        if refusal.code in ("hours", "day") and len(zones) > 1:
            reason = self.env._(
                "%(reason)s in one of the country's time zones, and nobody knows in which the"
                " customer is: ask, and enter it",
                reason=reason,
            )
        return self.env._("%(rule)s: %(reason)s.", rule=rule.name, reason=reason)

    def _check_contact_allowed(self, channel, moment=None, contact=None, is_legal_notice=False):
        """Raise a ``UserError`` with the rule's name if a rule that blocks is broken.

        :return: the warning of a rule that only warns, or empty
        """
        rule, words = self._get_contact_refusal(channel, moment, contact, is_legal_notice)
        if words and rule.on_violation == "block":
            raise UserError(words)
        return words

    def _get_next_try_day(self, channel="phone"):
        """The next working day on which the customer may be contacted again after a try just now.

        :return: a date after today; ``None`` if the contact rule never allows it
        """
        self.ensure_one()
        today = self.company_id._get_collection_today()
        working_days = self.company_id._get_collection_working_days(
            fields.Date.add(today, days=1), fields.Date.add(today, days=HORIZON_DAYS)
        )
        rule, pure, is_working_day, past = self._get_contact_facts(today, today)[self]
        if not rule:
            return working_days[0] if working_days else None
        zones = self._get_contact_zones()
        past = [*past, Past(fields.Datetime.now(), channel, False)]
        debtor = self._get_contact_debtor()
        for day in working_days:
            start = to_utc(datetime.combine(day, time.min), zones[0])
            arguments = (pure, debtor, start, channel, past, is_working_day)
            moment = next_allowed_everywhere(zones, *arguments)
            if moment is None and len(zones) > 1:
                # No hour suits all zones: somebody finds out where the customer is.
                moment = next_allowed_everywhere(zones[:1], *arguments)
            if moment is None:
                return None
            if to_local(moment, zones[0]).date() == day:
                return day
        return None

    def _fit_contact_rules(self, vals_list):
        """Move the steps about to be made to days on which the customer may be contacted.

        What no day allows is made as cancelled: blocked by a contact rule.

        :param vals_list: values of steps of these cases, changed in place
        """
        timed = [
            (vals, self.env["collection.policy.step"].browse(vals["step_id"]))
            for vals in vals_list if vals["state"] == "planned"
        ]
        timed = [(vals, step) for vals, step in timed if step.method in FITTED]
        if not timed:
            return
        deadlines = [vals["date_deadline"] for vals, _step in timed]
        cases = self.browse({vals["case_id"] for vals, _step in timed})
        facts = cases._get_contact_facts(min(deadlines), max(deadlines))
        known = {}
        for vals, step in timed:
            case = self.browse(vals["case_id"])
            zones, debtor = case._get_contact_person()
            rule, _pure, _is_working_day, past = facts[case]
            # Customers of one place, with the same wishes and contacts, have the same days.
            key = (rule, case.company_id, tuple(zones), debtor, tuple(past), step,
                   vals["date_deadline"])
            if key not in known:
                known[key] = case._get_fitting_day(
                    facts[case], step, vals["date_deadline"], (zones, debtor)
                )
            day = known[key]
            if day is None:
                vals.update(state="cancelled", cancel_reason="blocked")
            else:
                vals["date_deadline"] = day

    def _get_contact_person(self):
        """In which zones the customer of the case may be, and what they asked for."""
        self.ensure_one()
        return self._get_contact_zones(), self._get_contact_debtor()

    def _get_fitting_day(self, facts, step, date, person=None):
        """The first day from a deadline on at which the case's customer may be contacted.

        An e-mail keeps its deadline: it waits by itself for its hour.

        :param facts: the case's own of `_get_contact_facts`
        :param person: that of `_get_contact_person`, where it is known
        :return: ``None`` if the customer may never be contacted this way
        """
        self.ensure_one()
        rule, pure, is_working_day, past = facts
        if not rule or step.method not in FITTED:
            return date
        zones, debtor = person or self._get_contact_person()
        arguments = (
            pure, debtor, to_utc(datetime.combine(date, time.min), zones[0]),
            step._get_contact_channel(), past, is_working_day,
            step.letter_kind in ("final", "lawyer"),
        )
        moment = next_allowed_everywhere(zones, *arguments)
        if moment is None and len(zones) > 1:
            # No hour suits all zones: somebody finds out where the customer is.
            moment = next_allowed_everywhere(zones[:1], *arguments)
        if moment is None:
            return None
        return date if step.method == "email" else to_local(moment, zones[0]).date()

    # E-mails of the case's log are contacts; a customer's answer pauses the chase (P3.7).

    def _message_post_after_hook(self, message, msg_values):
        self._check_words_to_customer(message)
        super()._message_post_after_hook(message, msg_values)
        if (
            message.message_type not in ("comment", "email")
            or message.is_internal
            or message.subtype_id.internal
        ):
            return
        if self._take_reply(message):
            return
        if message.author_id.user_ids and self._get_customer_recipients(message):
            self._record_email(message, "outbound", user=message.author_id.user_ids[:1])

    def _take_reply(self, message):
        """Record an e-mail that came in about the case, from whom it may be, and read it.

        Automatic answers are no contacts and pause nothing, but may say that somebody has left.
        From an address that nobody knows nothing is taken for granted: it waits for a person.

        :return: whether it is one
        """
        self.ensure_one()
        is_from_customer = self._is_from_customer(message)
        if not is_from_customer and (
            message.message_type != "email" or message.author_id.user_ids
        ):
            return False
        is_automatic = self.env.context.get("collection_auto_reply") is OURS
        is_verified = is_from_customer and self._is_sender_verified(message)
        if is_automatic:
            pass
        elif is_verified:
            self._record_email(message, "inbound", outcome="reached")
            self._note_reply()
        elif is_from_customer:
            # No evidence yet: a draft seals nothing and starts no limitation anew.
            self._record_email(message, "inbound", outcome="reached", state="draft")
            self._note_reply(
                self.env._("E-mail in the customer's name: the sender is not verified")
            )
        else:
            self._note_unverified(message)
        if not is_automatic or is_from_customer:
            self.env["collection.reply"]._read(self.sudo(), message, is_verified, is_automatic)
        return True

    def _note_unverified(self, message):
        """Somebody answers from an address nobody knows: their collector looks at it first."""
        self.ensure_one()
        if self.is_closed:
            return
        # Whoever sent the answer has no right on the case.
        case_sudo = self.sudo()
        case_sudo.is_sender_unverified = True
        responsible = case_sudo._get_responsible("collector")
        reader = self.company_id._in_collection_language(self, responsible)
        summary = reader.env._(
            "E-mail from %(sender)s, sender not verified", sender=message.email_from
        )
        if responsible and summary not in case_sudo.activity_ids.mapped("summary"):
            case_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_collection_today(),
                summary=summary, user_id=responsible.id,
            )

    def _end_wait_for_sender(self):
        """What came from unknown addresses was looked at: the chase goes on."""
        self.is_sender_unverified = False

    def action_view_replies(self):
        """What the customer's e-mails seem to say."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_reply_action"
            ),
            "domain": [("case_id", "=", self.id)],
        }


    @api.model
    def _is_sender_verified(self, message):
        """Whether an e-mail is its author's, as far as the server can know.

        What an employee entered in somebody's name is not, nor what the mail server itself
        says does not come from its sender.
        """
        if self.env.context.get("collection_sender_unverified") is OURS:
            return False
        user = self.env.user
        entered_by_employee = not self.env.su and user._is_internal()
        return not entered_by_employee or message.author_id == user.partner_id

    def _is_from_customer(self, message):
        """Whether the customer, or a contact with a known address, wrote the message."""
        if message.author_id:
            return message.author_id.commercial_partner_id == self.partner_id
        sender = email_normalize(message.email_from)
        contacts = self.partner_id | self.partner_id.child_ids
        return bool(sender) and sender in contacts.mapped("email_normalized")

    def _get_customer_recipients(self, message):
        """The customer's people who get the message: those named, and followers of the case."""
        # A collector need not see every contact that follows.
        case_sudo = self.sudo()
        return (message.sudo().partner_ids | case_sudo.message_partner_ids).filtered(
            lambda partner: partner.email
            and partner.commercial_partner_id == case_sudo.partner_id
        )

    def _record_email(self, message, direction, user=None, outcome="other", **vals):
        """Record an e-mail of the case as a confirmed contact.

        :param direction: ``outbound`` or ``inbound``
        :param user: who wrote it, or gets the answer; the case's collector when not given
        """
        # The log is written by the system; gateway and jobs have no right of their own on it.
        return self.env["collection.activity"].sudo().create(
            self._prepare_email_vals(message, direction, user, outcome, **vals)
        )

    def _prepare_email_vals(self, message, direction, user=None, outcome="other", **vals):
        """Values of the contact that an e-mail of the case is."""
        self.ensure_one()
        text = html2plaintext(message.body or "").strip()
        contact = (
            message.author_id if direction == "inbound" else self._get_mail_contact(message)
        )
        return {
            "case_id": self.id,
            "method": "email",
            "direction": direction,
            "outcome": outcome,
            "contact_id": contact.id,
            "user_id": (user or self.user_id or self.env.user).id,
            "feedback": text if direction == "inbound" else message.subject or text,
            "message_id": message.id,
            "state": "confirmed",
            **vals,
        }

    def _check_can_update_message_content(self, messages):
        """What was sent, and is on record as an activity, is not edited afterwards."""
        result = super()._check_can_update_message_content(messages)
        messages._check_no_collection_evidence()
        return result

    def _get_mail_contact(self, message):
        # The recipients of a message that the user may read.
        recipients = message.sudo().partner_ids.filtered(
            lambda partner: partner.commercial_partner_id == self.partner_id
        )
        return recipients[:1] or self.partner_id._get_collection_contact()

    def _note_reply(self, words=None):
        """No new steps until somebody has read the answer; the collector gets a to-do.

        :param words: what the to-do says; by default that the customer has answered
        """
        self.ensure_one()
        if self.is_closed:
            return
        today = self.company_id._get_collection_today()
        # Whoever sent the answer has no right on the case.
        case_sudo = self.sudo()
        case_sudo._pause_for_reply()
        responsible = case_sudo._get_responsible("collector")
        reader = self.company_id._in_collection_language(self, responsible)
        summary = words or reader.env._("The customer has answered by e-mail")
        if summary not in case_sudo.activity_ids.mapped("summary") and responsible:
            case_sudo.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today,
                summary=summary,
                user_id=responsible.id,
            )

    def _pause_for_reply(self):
        """No new steps for the policy's number of days: the customer has said something."""
        self.ensure_one()
        policy = self._get_policy()
        if policy.reply_pause_days:
            # Whoever sent the answer has no right on the case.
            self.sudo().wait_until = fields.Date.add(
                self.company_id._get_collection_today(), days=policy.reply_pause_days
            )

    # Who gets what is written to the customer about a case.

    def _message_get_default_recipients(self, with_cc=False, all_tos=False):
        """The contact for collections, else the one for invoices, else the customer."""
        return {
            case.id: {
                "partner_ids": case.partner_id._get_collection_contact().ids,
                "email_to": "",
                "email_cc": "",
            }
            for case in self
        }

    # What people write to customers from the case's log (P1.2).

    def _check_words_to_customer(self, message):
        """Raise if a person writes to the customer what must not be written."""
        if (
            message.message_type == "comment"
            and not message.is_internal
            and not message.subtype_id.internal
            and message.author_id.user_ids
            and self._get_customer_recipients(message)
        ):
            self.env["collection.word"]._check_wording(message.body)

    def _ask_for_call(self, summary, date):
        """A to-do for the collector of the case to call on a day."""
        self.ensure_one()
        self.activity_schedule(
            "debt_collection.mail_activity_type_phone",
            date_deadline=date,
            summary=summary,
            user_id=self._get_responsible("collector", date).id,
        )
