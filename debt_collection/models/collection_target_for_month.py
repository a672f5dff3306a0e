from odoo import api, models


class CollectionTarget(models.Model):
    _inherit = "collection.target"

    @api.model
    def _get_all_for(self, company, month):
        """All targets that hold in a month, as ``_get_for`` picks them, in one search.

        :return: dict of targets by user id (``False``: for everybody) and kind
        """
        month = month.replace(day=1)
        targets = {}
        for target in self.search([
            ("company_id", "=", company.id), ("month", "<=", month),
        ], order="month, id"):
            if target.kind != "amount" or target.month == month:
                targets[target.user_id.id, target.kind] = target
        return targets
