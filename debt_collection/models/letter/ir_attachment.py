from odoo import api, models
from odoo.exceptions import UserError

from ..base.collection_guard import is_uninstalling


class IrAttachment(models.Model):
    """An approved letter and what went with it are evidence: nobody changes or deletes them."""

    _inherit = "ir.attachment"

    def _check_no_letter(self):
        own = self.filtered(lambda attachment: attachment.res_model == "collection.letter")
        if not own:
            return
        # Whether it is a letter, whoever may see that.
        letter_sudo = self.env["collection.letter"].sudo().search(
            ["|", ("pdf_attachment_id", "in", own.ids), ("copy_ids", "in", own.ids)], limit=1
        )
        if letter_sudo:
            raise UserError(
                self.env._(
                    "This is the letter %(letter)s as it was approved: it stays as it is.",
                    letter=letter_sudo.display_name,
                )
            )

    def write(self, vals):
        if {"raw", "datas", "name", "mimetype", "res_model", "res_id", "url",
            "store_fname", "db_datas", "checksum"} & vals.keys():
            self._check_no_letter()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_letter(self):
        """The flag of an uninstallation counts from the system alone: every client can send it."""
        if not is_uninstalling(self):
            self._check_no_letter()

