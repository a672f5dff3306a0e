from odoo import api, models


class CollectionPolicyStep(models.Model):
    """Instructions to collectors are free of what must not be said (P1.2)."""

    _inherit = "collection.policy.step"

    @api.constrains("name", "note")
    def _check_wording(self):
        for step in self:
            self.env["collection.word"]._check_wording(f"{step.name}\n{step.note or ''}")

