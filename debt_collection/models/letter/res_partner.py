import base64

from odoo import api, models
from odoo.tools.image import image_data_uri


class ResPartner(models.Model):
    """Where a customer pays online what is owed: statements and letters say it."""

    _inherit = "res.partner"

    def _get_collection_pay_url(self, company, items=None):
        """The address of a page to pay on, without signing in; empty without a bridge to payments.

        :param items: what is to be paid; by default all open items
        """
        self.ensure_one()
        return ""

    @api.model
    def _get_collection_pay_qr(self, url):
        """The QR code of an address as a data URI."""
        image = self.env["ir.actions.report"].barcode(
            "QR", url, width=200, height=200, quiet=False
        )
        return image_data_uri(base64.b64encode(image))

