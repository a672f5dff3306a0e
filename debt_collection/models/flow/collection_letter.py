from odoo import api, fields, models

from ..legal.collection_letter import LAW_CONTENT
from ..legal.collection_letter_template import LAW_TEXTS
from ..letter.res_company import DEMANDS


class CollectionLetter(models.Model):
    """What follows for letters: those of lawyers need a law firm, its counsel and an action."""

    _inherit = "collection.letter"

    def _on_write(self, vals):
        return LAW_CONTENT & vals.keys()

    def _on_choose_template(self):
        return self._choose_law_template() if self.kind == "lawyer" else None

    def _on_people(self):
        return self._prepare_firm() if self.kind == "lawyer" else {}

    def _on_values(self):
        return self._get_law_values() if self.kind == "lawyer" else {}

    @api.model
    def _on_preview_fields(self):
        return ("legal_action_id.law_firm_id", *LAW_TEXTS)

    def _on_draft_notes(self):
        notes = self._get_words_missing()
        if self.kind in DEMANDS:
            # Whoever may read the letter reads what it claims, whatever they may see in the books.
            items_sudo = self.sudo().line_ids.move_line_id
            accrued = items_sudo._get_collection_charges(self.date or fields.Date.today())
            notes += self.env["collection.charge"]._get_words_on_rates(accrued).splitlines()
            notes += self._get_words_on_law()
        return notes

    def _on_request(self):
        self._get_lawyer_letters()._check_legal_basis()

    def _on_approve(self):
        letters = self._get_lawyer_letters()
        letters._check_lawyer_letter()
        letters._check_seen_by_counsel()

    def _on_send(self):
        self._get_lawyer_letters()._check_lawyer_letter()

    def _on_sent(self):
        for letter in self._get_lawyer_letters():
            letter.legal_action_id._note_letter_sent(letter)
