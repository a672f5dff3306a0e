from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_time

from ..tools.contact_window import HORIZON_DAYS, Debtor, Past, check, next_allowed
from .res_partner_contact import CHANNEL_FIELDS

REACHED = ("reached", "promised", "disputed", "refused")
LOOK_BACK_DAYS = 60


class CollectionCase(models.Model):
    """Whether, when and how the customer of a case may be contacted (P1.1, P1.2)."""

    _inherit = "collection.case"

    def _get_contact_rule(self):
        self.ensure_one()
        return self.env["collection.contact.rule"]._choose_for(self.partner_id, self.company_id)

    def _get_contact_facts(self, date_from, date_to):
        """What the pure rules need for these cases, in a few queries for all of them.

        :param date_from: the first day on which somebody is to be contacted
        :return: by case, rule record, rule, function of a day, and past contacts
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
            # When a customer may be called is no secret; the customer's record may be.
            zone = case.partner_id.sudo()._get_collection_contact_tz(case.company_id)
            past = [
                Past(to_local(contact.date, zone), contact.method, contact.outcome in REACHED)
                for contact in grouped.get((case.partner_id.id, case.company_id), ())
            ]
            rule = rules[case]
            facts[case] = (rule, pure.get(rule), days[case.company_id].__contains__, past)
        return facts

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
        zone = (contact or self.partner_id).sudo()._get_collection_contact_tz(self.company_id)
        local = to_local(moment, zone)
        rule, pure, is_working_day, past = self._get_contact_facts(
            local.date(), local.date()
        )[self]
        if not rule:
            return rule, ""
        refusal = check(
            pure, self._get_contact_debtor(contact), local, channel, past, is_working_day,
            is_legal_notice,
        )
        return rule, self._describe_refusal(rule, refusal, local) if refusal else ""

    def _describe_refusal(self, rule, refusal, local):
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
            "day": self.env._("%s is not a working day", fields.Date.to_string(local.date())),
            "quiet": self.env._("the hour is inconvenient to the customer"),
            "wait": self.env._(
                "there was a conversation within the last %s days", rule.wait_days
            ),
            "limit": limit and self.env._(
                "the limit of %(count)s within %(days)s days is reached",
                count=limit.count, days=limit.days,
            ),
        }
        return self.env._("%(rule)s: %(reason)s.", rule=rule.name, reason=words[refusal.code])

    def _check_contact_allowed(self, channel, moment=None, contact=None, is_legal_notice=False):
        """Raise a ``UserError`` with the rule's name if a rule that blocks is broken.

        :return: the warning of a rule that only warns, or empty
        """
        rule, words = self._get_contact_refusal(channel, moment, contact, is_legal_notice)
        if words and rule.on_violation == "block":
            raise UserError(words)
        return words

    def _fit_contact_rules(self, vals_list):
        """Move the steps about to be made to days on which the customer may be contacted.

        What no day allows is made as cancelled: blocked by a contact rule.

        :param vals_list: values of steps of these cases, changed in place
        """
        timed = [
            (vals, self.env["collection.policy.step"].browse(vals["step_id"]))
            for vals in vals_list if vals["state"] == "planned"
        ]
        timed = [(vals, step) for vals, step in timed
                 if step.method in ("phone", "visit", "email", "letter")]
        if not timed:
            return
        deadlines = [vals["date_deadline"] for vals, _step in timed]
        cases = self.browse({vals["case_id"] for vals, _step in timed})
        facts = cases._get_contact_facts(min(deadlines), max(deadlines))
        for vals, step in timed:
            case = self.browse(vals["case_id"])
            rule, pure, is_working_day, past = facts[case]
            if not rule:
                continue
            moment = next_allowed(
                pure, case._get_contact_debtor(),
                datetime.combine(vals["date_deadline"], time.min), step.method, past,
                is_working_day, step.letter_kind in ("final", "lawyer"),
            )
            if moment is None:
                vals.update(state="cancelled", cancel_reason="blocked")
            elif step.method != "email":
                vals["date_deadline"] = moment.date()


def to_local(moment, zone):
    """A moment in UTC as local time without a zone."""
    return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)


def to_time(hour):
    """8.5 as half past eight; 24 as midnight."""
    minutes = round(hour * 60) % (24 * 60)
    return time(minutes // 60, minutes % 60)
