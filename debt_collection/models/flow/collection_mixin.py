from odoo import models
from odoo.exceptions import AccessError


class CollectionMixin(models.AbstractModel):
    """What follows for all our models alike."""

    _inherit = "collection.mixin"

    def _on_sharing(self):
        # Whether there is a case in another company is asked for whoever may not see it.
        concerned_sudo = self.env["collection.case"].sudo().search(
            [("company_id", "not in", self.env.user.company_ids.ids)], limit=1
        )
        if concerned_sudo:
            raise AccessError(
                self.env._(
                    "“%(model)s” without a company holds for companies you do not work for: a"
                    " collection manager of all of them changes it.",
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )
