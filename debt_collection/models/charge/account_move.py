from odoo import fields, models
from odoo.exceptions import UserError

from .collection_charge import CHARGED


class AccountMove(models.Model):
    """Debit notes for late charges are chased like others, but bear no charges themselves."""

    _inherit = "account.move"

    is_collection_charge = fields.Boolean(
        "For Late Charges", readonly=True, copy=False,
        help="No interest and no fee is taken on late charges.",
    )

    def _check_no_charge_rests_on_it(self):
        """Raise if a late charge would say it is posted, or waived, while its entry is not."""
        moves = self.filtered("is_collection_charge")
        if not moves:
            return
        # An accountant need not see the case to be told so.
        charge_sudo = self.env["collection.charge"].sudo().search(
            [
                ("state", "in", CHARGED),
                ("move_id", "in", (moves | moves.reversed_entry_id).ids),
            ],
            limit=1,
        )
        if charge_sudo:
            raise UserError(
                self.env._(
                    "The late charge “%(charge)s” rests on this entry. Undo or waive it in"
                    " Collections: a credit note is made then.",
                    charge=charge_sudo.display_name,
                )
            )

