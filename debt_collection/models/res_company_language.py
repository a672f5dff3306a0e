from odoo import models


class ResCompany(models.Model):
    """In which language the system writes what people read later.

    Jobs run as nobody in particular, and customers write from pages in their own language: what
    is stored then, such as a to-do, is in the language of whom it is for, else the company's.
    """

    _inherit = "res.company"

    def _in_collection_language(self, records, user=None):
        """The records in the language of a user, else in that of the company.

        Without either they stay in the language they are in.
        """
        # The language of a company or colleague is no secret; their address is.
        lang = (user and user.sudo().lang) or self.sudo().partner_id.lang or self.env.lang
        return records.with_context(lang=lang)
