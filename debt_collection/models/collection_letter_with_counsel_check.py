import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .collection_legal_action import RUNNING
from .collection_letter_template import TEXTS
from .collection_letter_template_law import LAW_TEXTS


class CollectionLetter(models.Model):
    """A lawyer letter is made only with a law firm, a named lawyer and counsel's approval, for
    an approved legal action whose checklist is complete or waived (P3.6, P6.1)."""

    _inherit = "collection.letter"

    counsel_id = fields.Many2one(
        "res.partner", "Approved by Counsel", domain="[('is_lawyer', '=', True)]",
        ondelete="restrict", copy=False,
    )
    counsel_note = fields.Char(
        "How Counsel Approved", copy=False, help="By which message, call or signature."
    )
    counsel_file_ids = fields.Many2many(
        "ir.attachment", "collection_letter_counsel_file_rel", "letter_id", "attachment_id",
        "Counsel's Approval", copy=False,
    )
    date_counsel = fields.Datetime("Counsel's Approval Noted On", readonly=True, copy=False)
    counsel_recorded_by_id = fields.Many2one("res.users", "Noted By", readonly=True, copy=False)
    counsel_checksum = fields.Char(readonly=True, copy=False)

    def _get_counsel_checksum(self):
        """Sum of the words and amounts that counsel saw; days move with the approval."""
        self.ensure_one()
        words = [self[name] or "" for name in (*TEXTS, *LAW_TEXTS)]
        items = sorted((line.number or "", line.amount_claimed) for line in self.line_ids)
        return hashlib.sha256(repr((words, items)).encode()).hexdigest()

    def action_counsel_approve(self):
        """Note that a lawyer of the action approved these words."""
        self._lock()
        self._check_state("draft")
        for letter in self:
            letter._check_can_note_counsel()
            # Written by this step alone, see `write`.
            letter.sudo().write({
                "date_counsel": fields.Datetime.now(),
                "counsel_recorded_by_id": self.env.uid,
                "counsel_checksum": letter._get_counsel_checksum(),
            })
            letter.message_post(
                body=self.env._(
                    "%(lawyer)s approved the letter: %(note)s",
                    lawyer=letter.counsel_id.name, note=letter.counsel_note or "",
                ),
                attachment_ids=letter.counsel_file_ids.ids,
            )

    def _check_can_note_counsel(self):
        self.ensure_one()
        self.check_access("write")
        self._check_legal_basis()
        if (
            not self.env.user.has_group("debt_collection.group_manager")
            and self.legal_action_id.internal_counsel_id != self.env.user
        ):
            raise AccessError(
                self.env._("Only a collection manager or the internal counsel notes it.")
            )
        if self.counsel_id not in self.legal_action_id.lawyer_ids:
            raise UserError(
                self.env._(
                    "Choose which lawyer of %(firm)s approved “%(letter)s”.",
                    firm=self.legal_action_id.law_firm_id.name, letter=self.display_name,
                )
            )
        if not (self.counsel_note or "").strip() and not self.counsel_file_ids:
            raise UserError(
                self.env._(
                    "Write down how %(lawyer)s approved the letter, or attach it.",
                    lawyer=self.counsel_id.name,
                )
            )

    def _check_legal_basis(self):
        """Raise unless these letters are of a legal action with a law firm and lawyers."""
        for letter in self:
            action = letter.legal_action_id
            if not action:
                words = self.env._("choose its legal action, or write it from there")
            elif action.state in ("closed", "cancelled", "refused"):
                words = self.env._("the legal action %(action)s has ended", action=action.name)
            elif not action.law_firm_id:
                words = self.env._("choose the law firm on %(action)s", action=action.name)
            elif not action.lawyer_ids:
                words = self.env._("name the lawyers on %(action)s", action=action.name)
            else:
                continue
            raise UserError(
                self.env._(
                    "“%(letter)s” is a lawyer letter: %(words)s.",
                    letter=letter.display_name, words=words,
                )
            )

    def _check_lawyer_letter(self):
        """Raise unless everything is there that a lawyer letter needs to be made or sent."""
        self._check_legal_basis()
        for letter in self:
            action = letter.legal_action_id
            if action.state not in RUNNING:
                raise UserError(
                    self.env._(
                        "“%(letter)s” waits for the approval of the legal action %(action)s.",
                        letter=letter.display_name, action=action.name,
                    )
                )
            if not letter.date_counsel or letter.counsel_id not in action.lawyer_ids:
                raise UserError(
                    self.env._(
                        "“%(letter)s” was not approved by counsel. Note it with “Counsel"
                        " Approved”.",
                        letter=letter.display_name,
                    )
                )
            action._check_gate("letter")

    def _get_lawyer_letters(self):
        return self.filtered(lambda letter: letter.kind == "lawyer")

    def _check_seen_by_counsel(self):
        """Raise unless the letters say what counsel approved."""
        for letter in self:
            if letter.counsel_checksum != letter._get_counsel_checksum():
                raise UserError(
                    self.env._(
                        "Words or amounts of “%(letter)s” have changed since counsel approved it:"
                        " ask counsel again.",
                        letter=letter.display_name,
                    )
                )
