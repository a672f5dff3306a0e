import base64

from odoo import api, models
from odoo.tools.image import image_data_uri


class ResPartner(models.Model):
    """What letters say of a customer: the address, and where to pay online what is owed."""

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

    def _get_collection_address(self, contact):
        """Legal name, contact, street and so on, a line each; the contact's own address first."""
        place = contact if contact.street or contact.city or contact.zip else self
        lines = place._display_address(without_company=True).splitlines()
        names = [self.name]
        if contact != self and contact.name:
            names.append(contact.name)
        return "\n".join(line.strip() for line in (*names, *lines) if (line or "").strip())
