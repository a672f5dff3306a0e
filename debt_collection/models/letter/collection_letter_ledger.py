from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, models

from ..contact.res_partner import CHANNEL_FIELDS
from .collection_case import LEGAL_NOTICES
from .collection_case_step import STRICTNESS
from .collection_letter_total import AMOUNTS


@dataclass
class Findings:
    """What the ledger says about a letter: it is outdated, has to wait, or be looked at."""

    outdated: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    warnings: list = field(default_factory=list)



class CollectionLetterLedger(models.AbstractModel):
    """What keeps an open letter from going out: ledger, pauses, the customer's wishes."""

    _name = "collection.letter.ledger"
    _description = "Letter Looked at Against the Ledger"

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
            refused = CHANNEL_FIELDS[self._get_channel()._rule_channel]
            if any(people_sudo.mapped(refused)):
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
        if self.kind == "statement" and not self.case_step_id and not self.schedule_id:
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
