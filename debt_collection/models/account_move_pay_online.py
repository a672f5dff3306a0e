import base64

from odoo import api, models
from odoo.tools.image import image_data_uri


class AccountMove(models.Model):
    """Invoices that customers can pay online, where Odoo's payments on the portal are installed.

    `account_payment` is no dependency: without it nobody can, and nothing is shown.
    """

    _inherit = "account.move"

    def _filter_collection_payable_online(self):
        """Those of these invoices whose page lets the customer pay now.

        None without `account_payment`, where paying on the portal is turned off, and in
        companies without a published payment provider.
        """
        if "payment.link.wizard" not in self.env or not hasattr(self, "_has_to_be_paid"):
            return self.browse()
        # Whoever shows the link need not have a right on payment providers.
        provider_sudo = self.env["payment.provider"].sudo()
        companies = self.env["res.company"].browse(
            company.id
            for [company] in provider_sudo._read_group([
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ("enabled", "test")),
                ("is_published", "=", True),
            ], ["company_id"])
        )
        return self.filtered(
            lambda move: move.company_id in companies and move.sudo()._has_to_be_paid()
        )

    @api.model
    def _get_collection_pay_qr(self, url):
        """The QR code of a page as a data URI."""
        image = self.env["ir.actions.report"].barcode(
            "QR", url, width=200, height=200, quiet=False
        )
        return image_data_uri(base64.b64encode(image))
