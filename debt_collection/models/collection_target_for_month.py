from odoo import api, models


class CollectionTarget(models.Model):
    """Which targets hold in a month: the plan's amounts, and those of the indicators."""

    _inherit = "collection.target"

    @api.model
    def _get_amount(self, company, month, user=None):
        """The cash to collect in a month: a collector's own plan, or the team's.

        The team's is the one without a collector; where there is none, all of the collectors'.
        A collector without a plan has no target: the team's is not each one's. Who may see whose
        is for the caller to decide.

        :return: the amount in company currency, 0 without a plan
        """
        plans_sudo = self.sudo().search([
            ("company_id", "=", company.id), ("kind", "=", "amount"),
            ("month", "=", month.replace(day=1)),
        ])
        if user:
            return sum(plans_sudo.filtered(lambda plan: plan.user_id == user).mapped("value"))
        general = plans_sudo.filtered(lambda plan: not plan.user_id)
        return sum((general or plans_sudo).mapped("value"))

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
