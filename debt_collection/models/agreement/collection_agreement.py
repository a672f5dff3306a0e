from odoo import api, models


class CollectionAgreement(models.AbstractModel):
    """What is agreed or contested on a case: the case's figures follow when it is deleted."""

    _name = "collection.agreement"
    _description = "Agreed or Contested on a Case"

    def unlink(self):
        # The figures of a case follow, whoever may read it.
        cases_sudo = self.sudo().case_id
        result = super().unlink()
        self._on_removed(cases_sudo)
        return result

    @api.model
    def _on_removed(self, cases):
        """Called with the cases, as superuser, of which something agreed was just deleted.

        Implemented in models/flow/collection_agreement.py.
        """
