from dataclasses import dataclass, field
from datetime import timedelta

from odoo import api, fields, models


@dataclass
class Findings:
    """What the ledger says about a letter: it is outdated, has to wait, or be looked at."""

    outdated: list = field(default_factory=list)
    blocks: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


class CollectionLetter(models.Model):
    """The ledger is looked at again before a letter is approved, and before it is sent (P1.1).

    Whoever has paid, or contests an item, gets no letter that says otherwise.
    """

    _inherit = "collection.letter"

    hold_reason = fields.Char(
        "Waits Because", readonly=True, copy=False, help="Why the letter was not sent yet."
    )
    ledger_note = fields.Text("What the Ledger Says", compute="_compute_ledger_note")

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
            credits = letters._get_credits(company, partners)
            bank = self._get_bank_money(company, partners)
            for kind, same_kind in letters.grouped("kind").items():
                items_sudo = same_kind.sudo().line_ids.move_line_id
                today = company._get_collection_today()
                claims = {
                    row["move_line_id"]: row
                    for rows in self._get_claims(
                        company, partners, kind, today, items_sudo
                    ).values()
                    for row in rows
                }
                for letter in same_kind:
                    found = Findings()
                    letter._find_outdated(claims, found)
                    letter._find_credits(credits.get(letter.partner_id.id, {}), found)
                    letter._find_bank_money(bank.get(letter.partner_id.id, 0.0), found)
                    letter._find_wishes(found)
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
        if item_sudo.no_followup:
            return self.env._("%(item)s was excluded from follow-up.", item=line.number)
        return self.env._("%(item)s is contested, or in a payment plan.", item=line.number)

    def _drop_outdated(self):
        """Bring drafts up to date before the approval; cancel those with nothing left.

        :return: tuple of the letters that can be approved, and words on all others
        """
        drafts_sudo = self.sudo()
        for letter in drafts_sudo:
            letter._move_to(letter.company_id._get_collection_today())
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
