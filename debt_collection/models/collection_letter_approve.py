from odoo import fields, models
from odoo.exceptions import UserError

from .collection_letter_pdf import REPORT


class CollectionLetter(models.Model):
    """From draft to approved: looked at by the right person, and frozen (design rules 5, 6)."""

    _inherit = "collection.letter"

    def _needs_other(self):
        """Whether a manager approves who did not write the letter."""
        self.ensure_one()
        return self.kind == "lawyer" or self.template_id.approval_by_other

    def action_request(self):
        """Ask a manager to approve these drafts; they get a to-do."""
        self._lock()
        self._check_can_request()
        self.sudo().write({
            "requested_by_id": self.env.uid,
            "date_requested": fields.Datetime.now(),
            "refuse_reason": False,
            "refused_by_id": False,
        })
        for letter in self:
            manager = letter._get_manager()
            if manager:
                letter._add_to_do(self.env._("Approve the letter"), manager)

    def _check_complete(self):
        self._check_content()
        self._on_request()

    def _on_request(self):
        """Called before the approval of letters is asked for; raises if something is missing.

        Implemented in models/flow/collection_letter.py.
        """

    def _on_approve(self):
        """Called before letters are frozen, whoever approves; raises if something is missing.

        Implemented in models/flow/collection_letter.py.
        """

    def _check_can_approve(self):
        """Raise unless the user may approve these drafts, and they are complete.

        Lawyer letters and those whose template says so: a manager who did not write them.
        """
        self.check_access("write")
        self._check_state("draft")
        others = self.filtered(lambda letter: letter._needs_other())
        if self - others:
            self._check_role(
                "collector", self.env._("Only collectors and managers approve letters.")
            )
        if others:
            self._check_role(
                "manager",
                self.env._("Only a collection manager approves such a letter: ask for it."),
            )
        for letter in others:
            writers = letter.requested_by_id | letter.drafted_by_id | letter.create_uid
            if self.env.user in writers:
                raise UserError(
                    self.env._(
                        "You wrote “%(letter)s” yourself: another manager approves it.",
                        letter=letter.display_name,
                    )
                )
        self._check_content()

    def _check_content(self):
        """Raise a ``UserError`` unless the letter has words, civil ones, and a template."""
        self._check_civil_words()
        for letter in self:
            if not letter.template_id or not (letter.body or "").strip():
                raise UserError(
                    self.env._(
                        "“%(letter)s” has no text. Choose a template first.",
                        letter=letter.display_name,
                    )
                )

    def action_approve(self):
        """Approve these drafts: they take the ledger's figures once more and are frozen.

        What the ledger forbids meanwhile is cancelled or stays a draft; a message says why.
        """
        self._lock()
        self._check_can_approve()
        good, words = self._drop_outdated()
        good._do_approve()
        return self._notify(words)

    def _do_approve(self):
        """Freeze and seal these drafts, with one run of the PDF engine for all of them."""
        self._on_approve()
        # Frozen and numbered by this step alone, whoever approves.
        letters_sudo = self.sudo()
        for letter in letters_sudo:
            letter._freeze(self.env.user)
        letters_sudo._attach_pdfs()
        letters_sudo._end_to_dos()
        letters_sudo.flush_recordset()
        # Sealed last: who holds the end of the chain lets others wait.
        self._seal()

    def _freeze(self, user):
        """Write the texts with their figures, and who writes to whom, for good."""
        self.ensure_one()
        self._note_pay_url()
        partner = self.partner_id.commercial_partner_id
        contact = self.contact_id or partner
        number = self.env["ir.sequence"].with_company(self.company_id).next_by_code(
            "collection.letter"
        )
        self.write({
            "name": number or "/",
            "signature": self.company_id.collection_signature,
            "stamp": self.company_id.collection_stamp,
            **self._prepare_people(partner, contact),
        })
        self.write({
            **self._get_texts(),
            "state": "approved",
            "approved_by_id": user.id,
            "date_approved": fields.Datetime.now(),
        })

    def action_refuse(self):
        """Send these drafts back to who asked for approval, with the reason."""
        self._lock()
        self._check_can_approve()
        for letter in self:
            if not (letter.refuse_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Write down why “%(letter)s” is refused.", letter=letter.display_name
                    )
                )
            asked_by = letter.requested_by_id or letter.user_id
            # Checked above; decisions are written by the steps alone.
            letter_sudo = letter.sudo()
            letter_sudo._end_to_dos()
            letter_sudo.write({
                "refused_by_id": self.env.uid, "requested_by_id": False, "date_requested": False,
            })
            letter_sudo._add_to_do(
                self.env._("Letter refused: %(reason)s", reason=letter.refuse_reason), asked_by
            )

    def action_print(self):
        """The letters as one PDF: approved ones as they were frozen, drafts marked as such."""
        self._check_state("draft", "approved", "sent", "delivered", "failed")
        return self.env.ref(REPORT).report_action(self)

    def action_refresh(self):
        """Take all items of these drafts from the ledger again, with today's date."""
        self.check_access("write")
        self._check_state("draft")
        for letter in self:
            letter.sudo().date = letter.company_id._get_collection_today()
            letter.sudo().date_deadline = letter._get_deadline(letter.template_id)
        self.sudo()._take_from_ledger()
