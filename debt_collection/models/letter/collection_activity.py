
from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    letter_id = fields.Many2one(
        "collection.letter", "Letter Sent", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict",
    )

    def _match_letter_step(self):
        """A letter answers a step of its own kind only."""
        self.ensure_one()
        if not self.case_step_id and not self.corrects_id:
            planned = self.case_id.case_step_ids.filtered(
                lambda step: step.state == "planned"
                and step.step_id.letter_kind == self.letter_id.kind
            )
            self.case_step_id = planned.sorted("date_deadline")[:1]

