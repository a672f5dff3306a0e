from odoo import models
from odoo.tools import format_date

DEMANDS = ("dunning", "final", "lawyer")


class CollectionLegalCheck(models.Model):
    """What letters and late charges answer to the checklist."""

    _inherit = "collection.legal.check"

    def _find_delivered_letters(self):
        """Demands whose delivery is proved, in words; empty if there are none."""
        letters = self.case_id.letter_ids.filtered(
            lambda letter: letter.state == "delivered" and letter.kind in DEMANDS
        )
        return ", ".join(
            f"{letter.name} ({format_date(self.env, letter.date_delivered)})"
            for letter in letters.sorted("date_delivered")
        )

    def _answer_charge_sheet(self):
        """Late charges that a manager approved, where these are kept."""
        if "collection.charge" not in self.env:
            return False, ""
        charges = self.env["collection.charge"].search([
            ("case_id", "=", self.case_id.id), ("state", "in", ("approved", "posted")),
        ])
        if not charges:
            return False, self.env._("No late charges were approved.")
        return True, ", ".join(charges.mapped("display_name"))
