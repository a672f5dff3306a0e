from odoo import api, fields, models


class CollectionCase(models.Model):
    """The letters of a case: a click away, and one to write them."""

    _inherit = "collection.case"

    letter_ids = fields.One2many("collection.letter", "case_id", "Letters")
    letter_count = fields.Integer(compute="_compute_letter_count")

    def _compute_letter_count(self):
        counts = dict(
            self.env["collection.letter"]._read_group(
                [("case_id", "in", self.ids)], ["case_id"], ["__count"]
            )
        )
        for case in self:
            case.letter_count = counts.get(case, 0)

    @api.readonly
    def action_view_letters(self):
        """The letters of the case, whatever became of them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_letter_action"
            ),
            "domain": [("case_id", "=", self.id)],
            "context": {"default_case_id": self.id},
        }

    def action_new_letter(self):
        """A draft of a dunning letter with all that is overdue, to look at and change."""
        self.ensure_one()
        letter = self.env["collection.letter"].create({
            "case_id": self.id,
            "kind": self.env.context.get("collection_letter_kind", "dunning"),
            "date": self.company_id._get_collection_today(),
        })
        return letter._get_records_action(name=self.env._("Letter"))

    def _cancel_letters(self):
        """A case that closes takes its unsent letters along."""
        letters_sudo = self.sudo().letter_ids.filtered(
            lambda letter: letter.state in ("draft", "approved") and not letter.date_queued
        )
        for letter_sudo in letters_sudo:
            letter_sudo._cancel_for(self.env._("The case was closed."))
