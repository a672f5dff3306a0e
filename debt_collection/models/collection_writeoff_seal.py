from odoo import models
from odoo.exceptions import UserError


class CollectionWriteoff(models.Model):
    """A posted write-off is sealed: what was asked for, by whom, and approved by whom."""

    _name = "collection.writeoff"
    _inherit = ["collection.writeoff", "collection.sealed"]

    _sealed_fields = (
        "name", "case_id", "company_id", "reason_id", "is_tax_relief", "requested_by_id",
        "date_requested", "approved_by_id", "date_approved", "second_approved_by_id",
        "date_second_approved",
    )
    _sealed_personal = ("note", "attachment_ids")
    _sealed_lines = {"line_ids": (("item_id", "amount"), ())}

    def action_post(self):
        result = super().action_post()
        self._seal()
        return result

    def action_redraft(self):
        """Change what was refused or withdraw a request; what was approved stays as it is."""
        for writeoff in self:
            if writeoff.state == "approved":
                raise UserError(
                    self.env._(
                        "“%(writeoff)s” is approved and stays as it is: cancel it and ask for"
                        " another one.",
                        writeoff=writeoff.display_name,
                    )
                )
        return super().action_redraft()
