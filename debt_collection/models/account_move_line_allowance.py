from odoo import models


class AccountMoveLine(models.Model):
    """What was set aside for an item: a write-off uses that up before it costs anything."""

    _inherit = "account.move.line"

    def _get_collection_allowance(self):
        """The allowance that is left for items, in the currency of their company.

        What posted write-offs took of it (``amount_allowance`` of ``collection.writeoff.line``)
        is not in it any more.

        :return: dict of amounts by item; items without an allowance may be missing
        """
        return {}
