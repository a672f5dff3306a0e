from odoo import models


class CollectionCase(models.Model):
    """Who gets what is written to the customer about a case."""

    _inherit = "collection.case"

    def _message_get_default_recipients(self, with_cc=False, all_tos=False):
        """The contact for collections, else the one for invoices, else the customer."""
        return {
            case.id: {
                "partner_ids": case.partner_id._get_collection_contact().ids,
                "email_to": "",
                "email_cc": "",
            }
            for case in self
        }
