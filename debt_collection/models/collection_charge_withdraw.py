from odoo import models
from odoo.exceptions import UserError


class CollectionCharge(models.Model):
    """A charge is taken back from its end: no days are left out between two charges."""

    _inherit = "collection.charge"

    def _check_can_refuse(self):
        self._check_last_charge()

    def _check_can_redraft(self):
        self._check_last_charge()

    def _check_can_cancel(self):
        self._check_last_charge()

    def _check_last_charge(self):
        """Raise if somebody charges later days of an item of these."""
        # Whoever takes a charge back need not see the other one.
        for line_sudo in self.sudo().line_ids.filtered("date_to"):
            later_sudo = line_sudo.search(
                [
                    ("line_id", "=", line_sudo.line_id.id),
                    ("is_claimed", "=", True),
                    ("charge_id", "!=", line_sudo.charge_id.id),
                    ("date_from", ">", line_sudo.date_to),
                ],
                limit=1,
            )
            if line_sudo.is_claimed and later_sudo:
                raise UserError(
                    self.env._(
                        "Later days of %(invoice)s are charged by “%(later)s”: take that back"
                        " first.",
                        invoice=line_sudo.move_id.display_name,
                        later=later_sudo.charge_id.display_name,
                    )
                )

    def unlink(self):
        """Only drafts go, with their lines; what was asked for stays on record."""
        self._check_state("draft")
        return super().unlink()
