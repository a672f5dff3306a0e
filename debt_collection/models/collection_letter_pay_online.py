from odoo import fields, models


class CollectionLetter(models.Model):
    """An approved letter says where it can be paid online, in words and as QR code."""

    _inherit = "collection.letter"

    pay_url = fields.Char("Pay Online", readonly=True, copy=False)

    def _note_pay_url(self):
        """Write down for good where the letter can be paid online."""
        self.ensure_one()
        # The firm that writes a lawyer letter names its own ways to pay.
        if self.kind != "lawyer" and self.amount_total > 0:
            self.pay_url = self.partner_id._get_collection_pay_url(
                self.company_id, self.line_ids.move_line_id
            )

    def _get_pay_qr(self):
        """The QR code of the page as a data URI."""
        self.ensure_one()
        return self.env["res.partner"]._get_collection_pay_qr(self.pay_url)
