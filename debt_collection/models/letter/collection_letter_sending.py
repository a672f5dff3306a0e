import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize, split_every
from odoo.tools.mail import email_normalize_all

from ...tools.letter_text import paragraphs
from ..base.collection_guard import OURS
from ..base.ir_cron_progress import Slice
from ..contact.res_partner import CHANNEL_FIELDS
from .collection_case import LEGAL_NOTICES
from .collection_case_step import STRICTNESS
from .collection_letter import REPORT
from .collection_letter_total import AMOUNTS
from .res_company import DEMANDS

PROOF = {
    "date_delivered", "delivery_proof", "tracking_number", "delivery_signed_by",
    "delivery_file_ids",
}
_logger = logging.getLogger(__name__)
SLICE = 50


@dataclass
class Findings:
    """What the ledger says about a letter: it is outdated, has to wait, or be looked at."""

    outdated: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


class CollectionLetter(models.Model):
    """The sending of a letter: from the ledger looked at again to the proof that it arrived."""

    _inherit = "collection.letter"

    contact_ids = fields.One2many("collection.activity", "letter_id", "Contacts", readonly=True)

    date_delivered = fields.Date("Delivered On", copy=False, tracking=True)
    delivery_proof = fields.Selection(
        [
            ("registered", "Registered Mail"),
            ("courier", "Courier"),
            ("hand", "Handed Over"),
            ("email", "Answer or Read Receipt"),
            ("other", "Other"),
        ],
        "Proof of Delivery",
        copy=False,
    )
    tracking_number = fields.Char(copy=False)
    delivery_signed_by = fields.Char("Received By", copy=False, help="Who signed for it.")
    delivery_file_ids = fields.Many2many(
        "ir.attachment", string="Receipt", copy=False, help="The slip, the signed copy, the mail."
    )
    failure_reason = fields.Char("Why It Failed", readonly=True, copy=False)

    hold_reason = fields.Char(
        readonly=True, copy=False, help="Why the letter was not sent yet."
    )
    ledger_note = fields.Text("What the Ledger Says", compute="_compute_ledger_note")
    draft_note = fields.Text("To Be Checked", compute="_compute_draft_note")

    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False,
        help="Who approves and sends it by the job; the system when the policy does.",
    )
    date_released = fields.Datetime("Released On", readonly=True, copy=False, index=True)

    date_queued = fields.Datetime("Queued On", readonly=True, copy=False)
    date_sent = fields.Datetime("Sent On", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    mail_mail_id = fields.Many2one(
        "mail.mail", "E-Mail", readonly=True, copy=False, index="btree_not_null"
    )
    email_to = fields.Char("Sent To", readonly=True, copy=False)
    email_copies = fields.Char("Copies Sent To", readonly=True, copy=False)

    is_sending_unknown = fields.Boolean(
        "May Have Been Sent", compute="_compute_is_sending_unknown", compute_sudo=True
    )
    _people_write = {
        ("approved", "sent", "failed"): {"tracking_number"},
        ("sent", "failed"): {
            "date_delivered", "delivery_proof", "delivery_signed_by", "delivery_file_ids",
        },
    }

    # A letter is a contact of its case: sent, and delivered, which restarts limitation (P6.1).

    def _record_contact(self):
        """Record that the letter was sent as a contact of its case; it ends the step."""
        self.ensure_one()
        if not self.case_id:
            return
        try:
            with self.env.cr.savepoint():
                self.env["collection.activity"].sudo().create(self._prepare_contact())
        # The letter has left: that its contact cannot be recorded must not say otherwise.
        except (UserError, ValidationError) as error:
            _logger.warning("Collections: no contact of letter %s: %s", self.name, error)
            self._add_to_do(self.env._("Record the letter as a contact: %(why)s", why=error))

    def _prepare_contact(self):
        self.ensure_one()
        step = self.case_step_id
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "case_id": self.case_id.id,
            "method": "letter",
            "direction": "outbound",
            "outcome": "other",
            "date": self.date_sent,
            "contact_id": (self.contact_id or self.partner_id).id,
            "user_id": (self.user_id or self.sent_by_id or self.env.user).id,
            "feedback": f"{kinds[self.kind]} {self.name}",
            "case_step_id": step.id if step.state == "planned" else False,
            "letter_id": self.id,
            "state": "confirmed",
        }

    def _record_delivery(self):
        """The contact with the day of delivery takes the place of the one of the sending.

        A demand that arrived may start limitation anew on that day.
        """
        self.ensure_one()
        if not self.case_id:
            return
        sent = self.contact_ids.filtered(
            lambda contact: contact.state == "confirmed" and not contact.correction_ids
        )[:1]
        self.env["collection.activity"].sudo().create({
            **self._prepare_contact(),
            "date": self._get_delivery_moment(),
            "feedback": self._get_delivery_words(),
            "outcome": "reached",
            "case_step_id": sent.case_step_id.id,
            "corrects_id": sent.id,
            "limitation_event": "demand" if self.kind in DEMANDS else False,
            "attachment_ids": [(6, 0, self.delivery_file_ids.ids)],
        })

    def _get_delivery_moment(self):
        """Noon of the day of delivery where the company is, in UTC; not in the future."""
        zone = pytz.timezone(self.company_id._get_collection_tz())
        noon = zone.localize(datetime.combine(self.date_delivered, time(12)))
        return min(noon.astimezone(pytz.utc).replace(tzinfo=None), fields.Datetime.now())

    def _get_delivery_words(self):
        self.ensure_one()
        proofs = dict(self._fields["delivery_proof"]._description_selection(self.env))
        parts = [
            self.env._("%(letter)s delivered", letter=self.name),
            proofs.get(self.delivery_proof),
            self.tracking_number,
            self.delivery_signed_by
            and self.env._("signed by %(person)s", person=self.delivery_signed_by),
        ]
        return ", ".join(part for part in parts if part)

    # After the sending: proof that the letter arrived, or that it did not.

    def _check_proof_kept(self, vals):
        """Raise a ``UserError`` if these values would change the proof of a delivery."""
        if PROOF & vals.keys():
            for letter in self:
                if letter.state == "delivered":
                    raise UserError(
                        self.env._(
                            "The delivery of %(letter)s is proved already and stays as it is.",
                            letter=letter.display_name,
                        )
                    )

    def action_deliver(self):
        """Note that these letters arrived; each needs the day and the proof."""
        self._lock()
        self._check_can_deliver()
        for letter_sudo in self.sudo():
            letter_sudo.state = "delivered"
            letter_sudo._end_to_dos()
            letter_sudo._record_delivery()

    def _check_can_deliver(self):
        self.check_access("write")
        self._check_state("sent", "failed")
        for letter in self:
            if not letter.date_sent:
                raise UserError(
                    self.env._("%(letter)s was never sent.", letter=letter.display_name)
                )
            if not letter.date_delivered or not letter.delivery_proof:
                raise UserError(
                    self.env._(
                        "Enter on which day %(letter)s arrived, and how that is known.",
                        letter=letter.display_name,
                    )
                )
            company = letter.company_id
            first = company._get_collection_date(letter.date_sent)
            if not first <= letter.date_delivered <= company._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "%(letter)s arrived between the day it was sent and today.",
                        letter=letter.display_name,
                    )
                )

    def action_fail(self):
        """A letter came back: returned post, a wrong address."""
        self._lock()
        self.check_access("write")
        self._check_state("sent")
        for letter in self:
            letter._set_failed(
                self.env._("Came back; noted by %(user)s.", user=self.env.user.name)
            )

    def _set_failed(self, reason):
        """Note that the letter did not arrive: its step is open again, somebody gets a to-do."""
        for letter_sudo in self.sudo():
            letter_sudo.write({
                "state": "failed", "failure_reason": reason, "date_released": False,
            })
            steps = letter_sudo.contact_ids.case_step_id | letter_sudo.case_step_id
            if not letter_sudo.case_id.is_closed:
                steps.filtered(lambda step: step.state == "done").write(
                    {"state": "planned", "date_done": False}
                )
            letter_sudo._add_to_do(
                self.env._("Letter not delivered: %(reason)s", reason=reason)
            )
        self._note_gone()

    def _note_mail_result(self, mail):
        """The mail server took the letter's e-mail, or did not.

        :param mail: the e-mail, its state is final
        """
        self.ensure_one()
        if mail.state == "sent" and self.state in ("approved", "failed"):
            self._mark_sent()
        elif mail.state == "exception" and self.state in ("approved", "sent"):
            self._set_failed(mail.failure_reason or self.env._("The mail server refused it."))

    def _message_receive_bounce(self, email, partner):
        """The customer's mail server sent the letter back."""
        result = super()._message_receive_bounce(email, partner)
        for letter_sudo in self.sudo():
            if letter_sudo.state == "sent" and email_normalize(email) in (
                letter_sudo.email_to or ""
            ).split(", "):
                letter_sudo._set_failed(
                    self.env._("The e-mail to %(email)s came back.", email=email)
                )
        return result

    def action_retry(self):
        """Send failed letters again, after a look at the ledger; the old e-mail is dropped."""
        self._lock()
        self.check_access("write")
        self._check_state("failed")
        # The old e-mail must not go out beside the new one.
        mails_sudo = self.sudo().mail_mail_id
        mails_sudo.filtered(lambda mail: mail.state != "sent").cancel()
        self.sudo().write({
            "state": "approved", "date_queued": False, "mail_mail_id": False,
            "date_delivered": False, "delivery_proof": False,
        })
        for letter in self:
            letter._end_to_dos()
        return self.action_send()

    # The ledger is looked at again before a letter is approved, and before it is sent (P1.1).

    @api.depends("state", "date", "kind", "partner_id", "line_ids")
    @api.depends_context("lang")
    def _compute_draft_note(self):
        """What whoever approves a draft is to check: law that is not known, rates not looked up."""
        for letter in self:
            letter.draft_note = letter.state == "draft" and "\n".join(
                letter._on_draft_notes()
            ) or False

    def _on_draft_notes(self):
        """Called for a draft as it is shown and printed; a list of words on what to check.

        Implemented in models/flow/collection_letter.py.
        """
        return []

    @api.depends("state", "line_ids", "partner_id", "company_id")
    def _compute_ledger_note(self):
        """What keeps an open letter from going out, for who is about to send it."""
        saved = self.filtered(lambda letter: letter._origin.id and letter.state in
                              ("draft", "approved"))
        findings = saved._origin._get_findings()
        for letter in self:
            found = findings.get(letter._origin.id, Findings())
            letter.ledger_note = "\n".join(found.outdated + found.blocks + found.warnings) or False

    def _get_findings(self):
        """By letter's id, what the ledger says now; a fixed number of queries a company."""
        result = {}
        for company, letters in self.grouped("company_id").items():
            partners = letters.partner_id
            pots = self.env["collection.position"]._get_pots(company, partners)
            bank = partners._get_collection_bank_money(company)
            opened = self._get_open_cases(company, partners)
            for kind, same_kind in letters.grouped("kind").items():
                items_sudo = same_kind.sudo().line_ids.move_line_id
                today = company._get_collection_today()
                claims = {
                    row["move_line_id"]: row
                    for rows in self.env["collection.letter.line"]._get_claims(
                        company, partners, kind, today, items_sudo
                    ).values()
                    for row in rows
                }
                for letter in same_kind:
                    found = Findings()
                    letter._find_outdated(claims, found)
                    letter._find_credits(pots.get(letter.partner_id.id, {}), found)
                    letter._find_bank_money(bank.get(letter.partner_id.id, 0.0), found)
                    letter._find_wishes(found)
                    letter._find_untrue(found)
                    letter._find_pauses(opened.get(letter.partner_id.id), today, found)
                    result[letter.id] = found
        return result

    def _find_outdated(self, claims, found):
        """Items that were paid, changed or contested since their figures were taken."""
        self.ensure_one()
        for line in self.sudo().line_ids:
            row = claims.get(line.move_line_id.id)
            compare = line.currency_id.compare_amounts
            if not row and not self._lists_nothing_claimed(line):
                found.outdated.append(self._get_words_gone(line))
            elif row and (
                compare(row["amount_open"], line.amount_open)
                or compare(row["amount_disputed"], line.amount_disputed)
            ):
                found.outdated.append(
                    self.env._(
                        "%(item)s: %(now)s is open and claimed now, not %(then)s.",
                        item=line.number,
                        now=self._format_amount(row["amount_claimed"], line.currency_id),
                        then=self._format_amount(line.amount_claimed, line.currency_id),
                    )
                )

    def _lists_nothing_claimed(self, line):
        return not line.move_line_id and not line.amount_open

    def _get_words_gone(self, line):
        # The ledger decides, whoever may open its items.
        item_sudo = line.move_line_id.sudo()
        if not item_sudo or item_sudo.reconciled:
            return self.env._("%(item)s was paid or settled.", item=line.number)
        if item_sudo.parent_state != "posted":
            return self.env._("%(item)s is not posted any more.", item=line.number)
        if not item_sudo._is_chased():
            return self.env._("%(item)s was excluded from follow-up.", item=line.number)
        return self.env._("%(item)s is contested, or in a payment plan.", item=line.number)

    def _drop_outdated(self):
        """Bring drafts up to date before the approval; cancel those with nothing left.

        :return: tuple of the letters that can be approved, and words on all others
        """
        drafts_sudo = self.sudo()
        for letter in drafts_sudo:
            letter._move_to(letter.company_id._get_collection_today())
        drafts_sudo._keep_to_language()
        drafts_sudo._take_from_ledger(keep_items=True)
        empty = drafts_sudo.filtered(
            lambda letter: not letter.line_ids
            or (letter.is_ahead and letter.date_deadline < letter.date)
        )
        words = [
            letter._cancel_for(
                self.env._("The due date has passed.")
                if letter.line_ids
                else self.env._("Nothing of it is claimed any more.")
            )
            for letter in empty
        ]
        return self._hold_back(self - empty.with_env(self.env), words)

    def _hold_back(self, letters, words):
        """Leave out what the ledger forbids to send now: outdated letters are cancelled."""
        findings = letters._get_findings()
        good = letters.browse()
        for letter in letters:
            found = findings[letter.id]
            if found.outdated:
                words.append(letter._cancel_for(" ".join(found.outdated)))
            elif found.blocks:
                letter.sudo().hold_reason = " ".join(found.blocks)
                words.append(f"{letter.display_name}: {letter.hold_reason}")
            else:
                if letter.hold_reason:
                    # What holds a letter back is noted by the checks alone.
                    letter.sudo().hold_reason = False
                good |= letter
        return good, words

    def _cancel_for(self, reason):
        """Cancel a letter that was not sent, for a reason; return it in words."""
        self.ensure_one()
        letter_sudo = self.sudo()
        letter_sudo._end_to_dos()
        letter_sudo.write({
            "state": "cancelled", "cancel_reason": reason, "date_released": False,
            "hold_reason": False,
        })
        if self.date_queued:
            self._note_gone()
        return f"{self.display_name}: {reason}"

    def _move_to(self, date):
        """The date of the letter is that of its approval; the days to pay stay the same."""
        self.ensure_one()
        if self.date != date:
            given = (self.date_deadline - self.date).days if self.date_deadline else 0
            vals = {"date": date}
            if not self.is_ahead:
                vals["date_deadline"] = date + timedelta(days=max(given, 0))
            self.write(vals)

    # What the customer asked for: letters keep to it, as calls do (P1.1, P1.2).

    def _find_wishes(self, found):
        """No letter by a way that the customer refused; notices of legal weight go all the same.

        Nobody learns of the debt whom the law keeps from it.
        """
        self.ensure_one()
        # Wishes are kept on contacts that a collector need not see.
        partner_sudo = self.partner_id.sudo()
        contact_sudo = self.contact_id.sudo() or partner_sudo
        if self.kind not in LEGAL_NOTICES:
            people_sudo = partner_sudo | contact_sudo
            today = self.company_id._get_collection_today()
            channel = "email" if self.channel == "email" else "letter"
            if any(people_sudo.mapped(CHANNEL_FIELDS[channel])):
                found.blocks.append(
                    self.env._("The customer does not want to be contacted this way.")
                )
            if any(day <= today for day in people_sudo.mapped("collection_cease_date") if day):
                found.blocks.append(self.env._("The customer sent a cease notice."))
        # The law holds, whoever may read the rules.
        rule = self.env["collection.contact.rule"].sudo()._choose_for(partner_sudo, self.company_id)
        readers_sudo = contact_sudo
        if self.channel == "email":
            readers_sudo |= self.sudo().cc_contact_ids | self.sudo().bcc_contact_ids
        for reader_sudo in readers_sudo if rule.is_third_party_barred else ():
            if not reader_sudo._is_collection_authorised():
                found.blocks.append(
                    self.env._(
                        "%(rule)s: %(contact)s is not authorised to learn of the debts.",
                        rule=rule.name, contact=reader_sudo.display_name,
                    )
                )

    # The chase obeys itself: what pauses it holds every letter, and one follows another in time.

    def _find_pauses(self, open_case, today, found):
        """What pauses the chase holds the letter, whoever approved or released it before.

        A statement that a person writes asks for nothing.

        :param open_case: the customer's open case, for a letter that is no part of it
        """
        self.ensure_one()
        if self.kind == "statement" and not self.case_step_id:
            return
        # A pause holds, whoever may see the case.
        case_sudo = self.sudo().case_id or open_case
        if case_sudo:
            found.blocks += case_sudo._get_send_blocks(
                "ahead" if self.is_ahead else self.kind, today
            )
        elif self.partner_id.sudo().with_company(self.company_id)._is_on_collection_hold(today):
            found.blocks.append(self.env._("The customer is on hold."))

    @api.model
    def _get_open_cases(self, company, partners):
        """By customer's id, the open case in a company."""
        # What pauses the chase holds every letter, whoever may see the case.
        cases_sudo = self.env["collection.case"].sudo().search([
            ("company_id", "=", company.id), ("partner_id", "in", partners.ids),
            ("stage", "!=", "closed"),
        ])
        return {case.partner_id.id: case for case in cases_sudo}

    def _keeps_gap(self):
        """Whether the letter counts for the days between letters, and waits for them.

        Statements ask for nothing, lawyer letters are counsel's, and what is said before the
        due date is about other items.
        """
        self.ensure_one()
        return bool(self.case_id and self.kind not in ("statement", "lawyer")
                    and not self.is_ahead)

    def _hold_for_gap(self, words):
        """The letters of these that may leave today: one for a case, the strictest.

        :param words: list of texts that those held back are added to
        """
        free = self.browse()
        for case, letters in self.grouped("case_id").items():
            bound = letters.filtered(lambda letter: letter._keeps_gap())
            free |= letters - bound
            if not bound:
                continue
            today = case.sudo().company_id._get_collection_today()
            block = case._get_gap_block(today)
            best = max(bound, key=lambda letter: letter._get_rank())
            for letter in bound:
                reason = block or (
                    letter != best
                    and self.env._("“%(letter)s” goes to the customer.", letter=best.display_name)
                )
                if reason:
                    # What holds a letter back is noted by the checks alone.
                    letter.sudo().hold_reason = reason
                    words.append(f"{letter.display_name}: {reason}")
                else:
                    free |= letter
        return free

    def _get_rank(self):
        """What is for where the debt is now ranks first: the strictest kind, the last step."""
        self.ensure_one()
        step_sudo = self.sudo().case_step_id
        return (
            STRICTNESS.index(self.kind) if self.kind in STRICTNESS else 0,
            step_sudo.step_id.offset, self.id,
        )

    def _note_gone(self):
        """Keep on the cases of these letters the day on which their last one left."""
        cases_sudo = self.sudo().case_id
        letters_sudo = cases_sudo.letter_ids.filtered(
            lambda letter: letter._keeps_gap()
            and (letter.state in ("sent", "delivered")
                 or (letter.state == "approved" and letter.date_queued))
        )
        for case_sudo in cases_sudo:
            days = [
                letter.company_id._get_collection_date(letter.date_sent or letter.date_queued)
                for letter in letters_sudo if letter.case_id == case_sudo
                and (letter.date_sent or letter.date_queued)
            ]
            case_sudo._note_letter(max(days, default=False))

    # Money of the customer that is there already: ask the books before the customer (P1.1).

    def _find_credits(self, pots, found):
        """Unapplied credits and money on its way: deducted and shown, or a reason to wait.

        What covers the claim is judged in each currency by its own amounts.
        """
        self.ensure_one()
        # The whole letter counts, whichever of its items the user sees.
        letter_sudo = self.sudo()
        lines = [
            {name: line[name] for name in (*AMOUNTS, "amount_claimed", "amount_company")}
            | {"currency_id": line.currency_id.id}
            for line in letter_sudo.line_ids
        ]
        now = {
            asked["currency"]: asked
            for asked in self.env["collection.letter.total"]._sum_up(
                self.company_id, lines, pots, self.kind, self.date
            )
        }
        for total in letter_sudo.total_ids:
            currency = total.currency_id
            covered = now.get(currency, {})
            cover = covered.get("amount_credit", 0.0) + covered.get("amount_on_its_way", 0.0)
            then = total.amount_credit + total.amount_on_its_way
            if currency.compare_amounts(cover, then):
                found.outdated.append(
                    self.env._(
                        "Unapplied credits are %(now)s now, the letter says %(then)s.",
                        now=self._format_amount(cover, currency),
                        then=self._format_amount(then, currency),
                    )
                )
        if self.kind == "statement":
            return
        words = []
        for name, text in (
            ("credit", self.env._("The customer has unapplied credits: %(amounts)s.")),
            ("on_its_way", self.env._("Money of the customer is on its way: %(amounts)s.")),
        ):
            amounts = {
                self.env["res.currency"].browse(currency_id): getattr(pot, name)
                for currency_id, pot in pots.items() if getattr(pot, name)
            }
            if amounts:
                words.append((name, text % {"amounts": ", ".join(
                    self._format_amount(amount, currency)
                    for currency, amount in amounts.items()
                )}))
        if not words:
            return
        text = " ".join(part for _name, part in words)
        owed = any(
            currency.compare_amounts(asked["amount_total"], asked["amount_charge"]) > 0
            for currency, asked in now.items()
        )
        if now and not owed:
            found.blocks.append(
                self.env._("%(words)s They cover all that is claimed.", words=text)
            )
        elif dict(words).get("credit") and self._get_guard("letter_credit_guard") == "block":
            found.blocks.append(text)
        else:
            found.warnings.append(text)

    def _find_bank_money(self, amount, found):
        """Money on a bank statement that nobody matched yet: ask there first."""
        self.ensure_one()
        if self.currency_id.compare_amounts(amount, 0) <= 0:
            return
        words = self.env._(
            "Unreconciled receipts of the customer: %(amount)s. Match them first.",
            amount=self._format_amount(amount),
        )
        block = self._get_guard("letter_bank_guard") == "block" and self.kind != "statement"
        (found.blocks if block else found.warnings).append(words)

    def _get_guard(self, name):
        self.ensure_one()
        # The policy holds, whoever may read it.
        policy_sudo = self.env["collection.policy"].sudo()._get_for(
            self.case_id.sudo(), self.company_id
        )
        return policy_sudo[name] or "warn"

    # Letters that were released go out in slices, each committed with what it queued.

    def action_release(self):
        """Leave approval and sending of these letters to the job, in one's own name."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved")
        drafts = self.filtered(lambda letter: letter.state == "draft")
        drafts._check_can_approve()
        self._do_release(self.env.user)

    def action_take_back(self):
        """Take these letters from the job that sends them, as long as none has left."""
        self._lock()
        self.check_access("write")
        for letter in self:
            if letter.date_queued or not letter.date_released or (
                letter.released_by_id != self.env.user
            ):
                raise UserError(
                    self.env._("“%(letter)s” is on its way already.", letter=letter.display_name)
                )
        # Checked above: only who released a letter takes it back.
        self.sudo().write({"released_by_id": False, "date_released": False})

    def _do_release(self, user):
        # Checked above; the job sends in the name of who released it.
        self.sudo().write({"released_by_id": user.id, "date_released": fields.Datetime.now()})
        # Nobody has a right on jobs; it is woken, not changed.
        self.env.ref("debt_collection.cron_letters").sudo()._trigger()

    @api.model
    def _get_released_domain(self):
        return [
            ("date_released", "!=", False),
            ("state", "in", ("draft", "approved")),
            ("date_queued", "=", False),
        ]

    @api.model
    def _cron_letters(self):
        """Write the reminders that fall due, then send all that was released."""

        def remind(company):
            self._remind(company._get_collection_today(), company)

        title = "reminding before the due date"
        if self.env["res.company"]._run_collection_job(remind, title, more=1):
            self._send_released_and_commit()

    @api.model
    def _send_released_and_commit(self):
        """Send in slices, in the order in which the letters were released.

        Paper that waits to be printed, and what the ledger holds back, is looked at once a run.
        """
        released_sudo = self.sudo().search_fetch(
            self._get_released_domain(), ["date_released"], order="date_released, id"
        )
        slices = []
        for ids in split_every(SLICE, released_sudo.ids):
            last_sudo = released_sudo.browse(ids[-1])
            slices.append(Slice(
                "letters", [last_sudo.date_released.timestamp(), last_sudo.id],
                self.browse(ids), self._send_slice_or_put_aside,
            ))
        self.env["ir.cron"]._run_collection_slices(slices, "sending released letters")

    @api.model
    def _send_slice_or_put_aside(self, letters):
        """Send some letters; one that is alone and cannot be sent is put aside."""
        try:
            with self.env.cr.savepoint():
                self._send_slice(letters.ids)
        except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            # The machine is at fault, say a full disk: the letter stays released.
            raise
        # Whatever is wrong with one letter must not keep the others from going out.
        except Exception as error:
            if len(letters) > 1:
                raise
            _logger.warning("Collections: letter with id %s not sent: %s", letters.id, error)
            self._put_aside(letters.id, error)

    @api.model
    def _send_slice(self, ids):
        """Approve and send some released letters, each in the name of who released it."""
        letters_sudo = self.sudo().browse(ids).exists().try_lock_for_update(
            allow_referencing=True
        ).filtered_domain(self._get_released_domain())
        for user, released in letters_sudo.grouped("released_by_id").items():
            for company, letters in released.grouped("company_id").items():
                letters._check_releaser(user)
                own = letters.with_user(user).with_context(allowed_company_ids=company.ids)
                own._send_now()
        self.env.flush_all()
        self.env.invalidate_all()

    def _check_releaser(self, user):
        """Raise unless a person who is there, or the policy for its reminders, released these.

        Nothing is sent for a person as the superuser; what a person may is asked on that day.
        """
        if user.id == SUPERUSER_ID and all(letter._is_of_policy() for letter in self):
            return
        if user.id == SUPERUSER_ID or not user.active:
            raise UserError(
                self.env._("Whoever released the letter is not there any more: release it anew.")
            )

    def _is_of_policy(self):
        """Whether the policy lets the letter leave without a person: ahead, or by its step."""
        self.ensure_one()
        step_sudo = self.sudo().case_step_id.step_id
        by_step = bool(step_sudo) and not step_sudo.approval_needed
        return self.is_ahead or (by_step and not self._needs_other())

    def _send_now(self):
        """Approve what is a draft, send what is an e-mail; paper waits for the printer."""
        drafts = self.filtered(lambda letter: letter.state == "draft")
        good = self - drafts
        if drafts:
            drafts._check_can_approve()
            ready, _words = drafts._drop_outdated()
            ready._do_approve()
            good |= ready
        emails = good.filtered(lambda letter: letter.channel == "email")
        emails._check_can_send()
        if good - drafts:
            emails = emails._hold_back(emails, [])[0]
        emails._hold_for_gap([])._do_send()
        # Paper is approved; printing and posting it is people's work.
        (good - emails).filtered(lambda letter: letter.channel != "email").sudo().write(
            {"date_released": False}
        )

    @api.model
    def _put_aside(self, letter_id, error):
        """A letter that cannot be sent is no longer released; its collector gets a to-do."""
        letter_sudo = self.sudo().browse(letter_id)
        letter_sudo.write({"date_released": False, "hold_reason": str(error)})
        letter_sudo._add_to_do(self.env._("Letter not sent: %(reason)s", reason=error))

    # The PDF of an approved letter: made once, kept with its checksum.

    def _attach_pdfs(self):
        """Make the PDFs of these letters in one run, and keep each with its checksum.

        In Odoo's test mode no PDF is made unless the context asks for it: the page as HTML
        takes its place.
        """
        if not self:
            return
        files = self._render_files()
        attachments = self.env["ir.attachment"].create([
            {
                "name": letter._get_file_name(extension),
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": letter.id,
            }
            for letter, (content, extension, mimetype) in zip(self, files, strict=True)
        ])
        for letter, attachment in zip(self, attachments, strict=True):
            letter.write({
                "pdf_attachment_id": attachment.id,
                "pdf_checksum": hashlib.sha256(attachment.raw).hexdigest(),
            })

    def _render_files(self):
        """For each of these letters a tuple of content, file extension and MIME type."""
        report_model = self.env["ir.actions.report"].with_context(
            report_pdf_no_attachment=True, lang=self.env.lang
        )
        streams, kind = report_model._pre_render_qweb_pdf(REPORT, self.ids)
        if kind != "pdf":
            return [
                (report_model._render_qweb_html(REPORT, letter.ids)[0], "html", "text/html")
                for letter in self
            ]
        return [
            (streams[letter.id]["stream"].getvalue(), "pdf", "application/pdf") for letter in self
        ]

    def _get_file_name(self, extension="pdf"):
        self.ensure_one()
        number = (self.name or "").replace("/", "-").strip("-")
        return f"{number or 'letter'}.{extension}"

    def _check_pdf(self):
        """Raise a ``UserError`` if a PDF is not the one that was approved."""
        for letter in self:
            raw = letter.sudo().pdf_attachment_id.raw
            if not raw or hashlib.sha256(raw).hexdigest() != letter.pdf_checksum:
                raise UserError(
                    self.env._(
                        "The PDF of “%(letter)s” is not the one that was approved: it is not"
                        " sent. Cancel the letter and write a new one.",
                        letter=letter.display_name,
                    )
                )

    # A friendly word before the due date: once for an item, by e-mail (usual cadence, −3).

    @api.model
    def _remind(self, as_of=None, companies=None):
        """Write the reminders of items that fall due soon; running it again writes none.

        They are released: the job of the letters sends them. Before the chase is started they
        stay drafts for a person to look at.

        :param date as_of: the day taken as today; by default each company's own today
        :return: number of letters written
        """
        companies = companies or self.env["res.company"]._get_collection_companies()
        count = 0
        for company in companies:
            today = fields.Date.to_date(as_of) or company._get_collection_today()
            # The policy writes them, whoever runs the job.
            letter_model = self.with_user(SUPERUSER_ID).with_company(company)
            count += letter_model._remind_company(company, today)
        return count

    @api.model
    def _remind_company(self, company, as_of):
        policies = self.env["collection.policy"].search([("company_id", "=", company.id)])
        longest = max(policies.mapped("reminder_days_before"), default=0)
        if not longest:
            return 0
        items_by_partner = self.env["account.move.line"]._get_collection_falling_due(
            company, as_of, longest
        )
        partners = self.env["res.partner"].browse(items_by_partner).with_company(company)
        ranked = policies._get_ranked(company)
        default = policies._get_default(company)
        pots = self.env["collection.position"]._get_pots(company, partners)
        opened = self._get_open_cases(company, partners)
        template = self.env["collection.letter.template"]._choose(
            "reminder", self.env["collection.tier"], company, is_ahead=True
        )
        wanted = []
        for partner in partners if template else ():
            policy = ranked._choose_for_reminder(partner, company, default)
            items = [
                row for row in items_by_partner[partner.id]
                if (row["date_due"] - as_of).days <= policy.reminder_days_before
                <= (row["date_due"] - row["date"]).days
            ]
            case = opened.get(partner.id)
            if case and case._get_send_blocks("ahead", as_of):
                continue
            if policy._reminds(partner, items, pots.get(partner.id, {}), as_of):
                wanted.append({
                    "partner": partner,
                    "kind": "reminder",
                    "is_ahead": True,
                    "items": self.env["account.move.line"].browse(row["id"] for row in items),
                    "user": partner.collector_id or policy.user_id,
                    "template": template,
                    "channel": "email",
                    "vals": {
                        "date_deadline": max(row["date_due"] for row in items),
                    },
                })
        letters = self._draft_letters(company, wanted, as_of)
        if letters and company.collection_is_started:
            letters._do_release(self.env.user)
        return len(letters)

    # Answers to a letter belong to its case: contacts that pause the chase (P3.7).

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if (
            message.message_type not in ("comment", "email")
            or message.is_internal
            or message.subtype_id.internal
        ):
            return result
        # Whoever answers has no right on the case.
        case_sudo = self.sudo().case_id
        if case_sudo:
            case_sudo._take_reply(message)
        elif self.env.context.get("collection_auto_reply") is not OURS and (
            self._is_from_its_customer(message)
        ):
            self._add_to_do(self.env._("The customer has answered by e-mail"))
        return result

    def _is_from_its_customer(self, message):
        return message.author_id.commercial_partner_id == self.partner_id

    # Sending: an e-mail that is queued once, or paper that somebody posts or brings (P4.1).

    def action_send(self):
        """Send these approved letters: e-mails are queued, paper counts as handed over now.

        What was paid or contested meanwhile is cancelled instead; a message says so.
        """
        self._lock()
        self._check_can_send()
        good, words = self._hold_back(self, [])
        good._hold_for_gap(words)._do_send()
        return self._notify(words)

    def _check_can_send(self):
        """Raise unless these letters are approved, unsent, and have somewhere to go."""
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        self._check_state("approved")
        for letter in self:
            if letter.date_queued:
                raise UserError(
                    self.env._(
                        "“%(letter)s” is with the mail server already.",
                        letter=letter.display_name,
                    )
                )
            today = letter.company_id._get_collection_today()
            if letter.date_deadline and letter.date_deadline < today:
                raise UserError(
                    self.env._(
                        "The deadline of “%(letter)s” has passed. Cancel it and write a new one.",
                        letter=letter.display_name,
                    )
                )
            letter._check_recipient()
        self._check_pdf()
        self._check_copies()
        self._check_seals()
        self._on_send()

    def _on_send(self):
        """Called before letters are sent; raises if something speaks against it.

        Implemented in models/flow/collection_letter.py.
        """

    def _check_recipient(self):
        self.ensure_one()
        contact = self.contact_id or self.partner_id
        if self.channel == "post" and not (self.address or "").strip().count("\n"):
            raise UserError(
                self.env._(
                    "%(contact)s has no postal address. Enter one, choose another contact, or send"
                    " the letter by e-mail.",
                    contact=contact.display_name,
                )
            )
        if self.channel == "email" and not contact.email_normalized:
            raise UserError(
                self.env._(
                    "%(contact)s has no valid e-mail address. Enter one, choose another contact,"
                    " or send the letter by post.",
                    contact=contact.display_name,
                )
            )

    def _do_send(self):
        """Queue the e-mails of these letters, and note the others as sent."""
        emails = self.filtered(lambda letter: letter.channel == "email")
        emails._queue_emails()
        (self - emails)._mark_sent()
        self._note_gone()

    def _queue_emails(self):
        """One e-mail a letter, with its PDF; the mail queue sends them once it is committed."""
        # Only the system may write e-mails; who may send the letters was checked.
        letters_sudo = self.sudo()
        mails_sudo = self.env["mail.mail"].sudo().create(
            [letter._prepare_mail(self.env.user) for letter in letters_sudo]
        )
        self.env["mail.notification"].sudo().create([
            {
                "author_id": mail.author_id.id,
                "mail_message_id": mail.mail_message_id.id,
                "mail_mail_id": mail.id,
                "res_partner_id": letter.contact_id.id or letter.partner_id.id,
                "notification_type": "email",
                "notification_status": "ready",
                "is_read": True,
            }
            for letter, mail in zip(letters_sudo, mails_sudo, strict=True)
        ])
        now = fields.Datetime.now()
        for letter, mail in zip(letters_sudo, mails_sudo, strict=True):
            letter.write({
                "date_queued": now,
                "mail_mail_id": mail.id,
                "sent_by_id": self.env.uid,
                "email_to": ", ".join(email_normalize_all(
                    (letter.contact_id or letter.partner_id).email
                )),
                "email_copies": ", ".join(
                    (letter.cc_contact_ids | letter.bcc_contact_ids).mapped("email_normalized")
                ),
                "failure_reason": False,
            })
        if letters_sudo:
            # Nobody has a right on jobs; it is woken, not changed.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _prepare_mail(self, user):
        """Values of the e-mail: the frozen words, and the frozen PDF."""
        self.ensure_one()
        sender = self.user_id.sudo().filtered("email") or user.sudo()
        company_sudo = self.company_id.sudo()
        return {
            "model": self._name,
            "res_id": self.id,
            "record_name": self.display_name,
            "subject": self.mail_subject or self.subject,
            "body_html": self._get_mail_html(),
            "body": self._get_mail_html(),
            "author_id": sender.partner_id.id,
            "email_from": sender.email_formatted or company_sudo.email_formatted,
            "recipient_ids": [
                (4, contact.id)
                for contact in (self.contact_id or self.partner_id) | self.bcc_contact_ids
            ],
            "email_cc": ", ".join(self.cc_contact_ids.filtered("email").mapped("email_formatted")),
            "attachment_ids": [
                (4, attachment.id) for attachment in self.pdf_attachment_id | self.copy_ids
            ],
            "message_type": "email_outgoing",
            "is_notification": True,
            "auto_delete": False,
            **self._prepare_schedule(),
        }

    def _take_back_paused(self):
        """Take a queued letter out of the mail queue if the chase was paused since.

        :return: whether it was; it stays released and leaves when nothing holds it any more
        """
        self.ensure_one()
        company, found = self.company_id, Findings()
        opened = {} if self.case_id else self._get_open_cases(company, self.partner_id)
        self._find_pauses(
            opened.get(self.partner_id.id), company._get_collection_today(), found
        )
        if not found.blocks:
            return False
        self.mail_mail_id.cancel()
        self.write({
            "date_queued": False,
            "mail_mail_id": False,
            "hold_reason": " ".join(found.blocks),
            "released_by_id": self.released_by_id.id or self.sent_by_id.id,
            "date_released": fields.Datetime.now(),
        })
        self._note_gone()
        return True

    def _get_mail_html(self):
        self.ensure_one()
        links = Markup("").join(
            Markup('<li><a href="%s">%s</a></li>') % (url, number)
            for number, url in self._get_invoice_links()
        )
        if links:
            heading = self.with_context(lang=self._get_lang()).env._("Your invoices:")
            links = Markup("<p>%s</p><ul>%s</ul>") % (heading, links)
        return Markup("<div>%s%s</div>") % (Markup("").join(
            Markup("<p>%s</p>") % Markup("<br/>").join(lines)
            for lines in paragraphs(self.mail_body or self.body)
        ), links)

    def _mark_sent(self, date=None):
        """These letters have left the house: note it, and record the contact (P3.7).

        :param datetime date: when they left; by default now
        """
        for letter_sudo in self.sudo():
            letter_sudo.write({
                "state": "sent",
                "date_sent": date or fields.Datetime.now(),
                "date_released": False,
                "hold_reason": False,
                "failure_reason": False,
                "sent_by_id": letter_sudo.sent_by_id.id or self.env.uid,
            })
            letter_sudo._end_to_dos()
            letter_sudo._record_contact()
        self._note_gone()
        self._on_sent()

    def _on_sent(self):
        """Called once for letters that have just left, however they went.

        Implemented in models/flow/collection_letter.py.
        """

    def action_cancel(self):
        """Drop letters that were not sent; a queued e-mail is taken back."""
        self._lock()
        self.check_access("write")
        self._check_state("draft", "approved", "failed")
        mails_sudo = self.sudo().mail_mail_id.filtered(lambda mail: mail.state != "sent")
        mails_sudo.lock_for_update()
        if any(mail.state == "outgoing" and mail.date_collection_try for mail in mails_sudo):
            raise UserError(self.env._("The e-mail is being sent at this moment: look again."))
        mails_sudo.cancel()
        for letter in self:
            letter._cancel_for(
                letter.cancel_reason or self.env._("By %(user)s", user=self.env.user.name)
            )

    # Letters whose sending was cut off: a person looks in the mail server's log, and decides.

    @api.depends("state", "mail_mail_id.is_collection_unknown")
    def _compute_is_sending_unknown(self):
        for letter in self:
            letter.is_sending_unknown = (
                letter.state == "failed" and letter.mail_mail_id.is_collection_unknown
            )

    def action_confirm_sent(self):
        """The mail server did take these letters, its log says so: they were sent at that time."""
        self._lock()
        self._check_role("collector", self.env._("Only collectors and managers send letters."))
        self.check_access("write")
        for letter in self:
            if not letter.is_sending_unknown:
                raise UserError(
                    self.env._(
                        "“%(letter)s” was not cut off while it was being sent: what became of it"
                        " is known.",
                        letter=letter.display_name,
                    )
                )
        # Only the system may write e-mails; who may send letters was checked.
        for letter_sudo in self.sudo():
            mail_sudo = letter_sudo.mail_mail_id
            mail_sudo.write({"state": "sent", "is_collection_unknown": False,
                             "failure_type": False, "failure_reason": False})
            mail_sudo.mail_message_id.notification_ids.write({
                "notification_status": "sent", "failure_type": False, "failure_reason": False,
            })
            letter_sudo._mark_sent(mail_sudo.date_collection_try)
            letter_sudo.message_post(body=self.env._(
                "%(user)s found in the mail server's log that it was sent.",
                user=self.env.user.name,
            ))

    # Letters keep to the customer's contact rule (P1.1).

    def _get_next_contact(self):
        self.ensure_one()
        # When a customer may be written to is no secret; the case may be.
        return self.sudo().case_id._get_next_contact(
            "email" if self.channel == "email" else "letter", self.contact_id,
            self.kind in LEGAL_NOTICES,
        )

    def _prepare_schedule(self):
        """Values of an e-mail that waits for the hours at which the customer is written to."""
        self.ensure_one()
        moment, _words = self._get_next_contact() if self.case_id else (None, "")
        if moment and moment > fields.Datetime.now():
            return {"scheduled_date": moment}
        return {}
