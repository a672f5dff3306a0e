from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_collection_charges(self, as_of):
        """Late charges of these items up to a day, inclusive, for letters and statements.

        :return: dict by item id of dicts ``amount`` (to date) and ``per_day``, both in the
            item's currency; items without charges are left out
        """
        return {}
