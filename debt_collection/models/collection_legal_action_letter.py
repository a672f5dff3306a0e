from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionLegalAction(models.Model):
    """The lawyer letter of a legal action: drafted here, sent like every letter (P3.6)."""

    _inherit = "collection.legal.action"

    letter_ids = fields.One2many("collection.letter", "legal_action_id", "Lawyer Letters")
    letter_count = fields.Integer(compute="_compute_letter_count")

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        counts = dict(
            self.env["collection.letter"]._read_group(
                [("legal_action_id", "in", self.ids)], ["legal_action_id"], ["__count"]
            )
        )
        for action in self:
            action.letter_count = counts.get(action, 0)

    def action_draft_letter(self):
        """Write the draft of a lawyer letter over the claimed items."""
        self.ensure_one()
        self._check_can_draft_letter()
        partner = self.partner_id
        country = partner.country_id or self.company_id.sudo().country_id
        letter = self.env["collection.letter"]._draft_letters(
            self.company_id,
            [{
                "partner": partner,
                "kind": "lawyer",
                "case": self.case_id,
                "template": self.env["collection.letter.template"]._choose_law(
                    country, self.company_id
                ),
                "items": self.item_ids,
                "user": self.user_id,
                "vals": {"legal_action_id": self.id},
            }],
            self.company_id._get_collection_today(),
        )
        if not letter:
            raise UserError(
                self.env._(
                    "Nothing of the items of “%(record)s” can be claimed now: they are paid,"
                    " contested or in a payment plan.",
                    record=self.display_name,
                )
            )
        return letter._get_records_action(name=self.env._("Lawyer Letter"))

    def _check_can_draft_letter(self):
        self.check_access("read")
        self._check_state("draft", "requested", "approved", "letter")
        waiting = self.letter_ids.filtered(lambda letter: letter.state in ("draft", "approved"))
        if waiting:
            raise UserError(
                self.env._(
                    "“%(letter)s” is written already and was not sent: use it, or cancel it.",
                    letter=waiting[0].display_name,
                )
            )

    @api.readonly
    def action_view_letters(self):
        """The lawyer letters of the action."""
        self.ensure_one()
        return self.letter_ids._get_records_action(name=self.env._("Lawyer Letters"))

    def _note_letter_sent(self, letter):
        """The letter is out: its deadline runs, and is a to-do."""
        self.ensure_one()
        vals = {
            "date_letter": self.company_id._get_collection_date(letter.sudo().date_sent),
            "letter_deadline": letter.date_deadline,
        }
        self._note_checks(
            self.env._("%(letter)s sent with the checklist", letter=letter.display_name)
        )
        if self.state == "approved":
            self._set_state("letter", **vals)
        else:
            # Checked above; dates of steps are written by the steps alone.
            self.sudo().write(vals)
