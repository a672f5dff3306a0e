from odoo import api, models


class MailThread(models.AbstractModel):
    """Where an e-mail belongs that nobody expected (P3.7)."""

    _inherit = "mail.thread"

    @api.model
    def _on_unrouted(self, numbers):
        """The letter, else the case of the invoice, of the first number that is ours."""
        if not numbers:
            return None
        # The gateway works for everybody.
        letter_sudo = self.env["collection.letter"].sudo().search(
            [("name", "in", numbers), ("date_approved", "!=", False)], order="id desc", limit=1
        )
        if letter_sudo:
            return letter_sudo
        move_sudo = self.env["account.move"].sudo().search(
            [("name", "in", numbers), ("move_type", "=", "out_invoice"), ("state", "=", "posted")],
            limit=1,
        )
        case_sudo = move_sudo.line_ids.collection_case_id[:1]
        return case_sudo or None
