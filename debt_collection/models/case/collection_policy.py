from odoo import api, fields, models


class CollectionPolicy(models.Model):
    """Who shares the new cases, and by what measure their load is equal (P2.1)."""

    _inherit = "collection.policy"

    collector_ids = fields.Many2many(
        "res.users",
        "collection_policy_rota_rel",
        string="Rotation",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="New cases go to the one of these collectors who carries least; who is away is"
        " stood in for. Without a rota they go to the default collector.",
    )
    load_measure = fields.Selection(
        [("cases", "Number of Open Cases"), ("amount", "Amount to Collect")],
        "Equal By",
        required=True,
        default="cases",
    )
    _people_write = {"*": {"collector_ids", "load_measure"}}

    def _fits(self, case, amount):
        """Whether every criterion of the policy fits the case with so much overdue."""
        self.ensure_one()
        compare = case.currency_id.compare_amounts
        return (
            self._fits_customer(case.partner_id)
            and compare(amount, self.amount_from) >= 0
            and (not self.amount_to or compare(amount, self.amount_to) < 0)
        )

    @api.model
    def _choose_for(self, case, ranked, amount=None):
        """The policy that a case follows, with the reason in words.

        The customer's own comes first, then the first policy in order whose criteria all
        fit, then the company's default. Where that one is on trial, a case of the other arm
        follows the challenger.

        :param ranked: what `_get_ranked` says of the case's company
        :param amount: what is overdue; by default what is now
        """
        policy, reason = self._choose_untried(case, ranked, amount)
        trial = case.trial_id
        if trial and trial.policy_id == policy and case.trial_arm == "challenger":
            return trial.challenger_id, self.env._("Drawn in the trial “%(name)s”", name=trial.name)
        return policy, reason

    @api.model
    def _choose_untried(self, case, ranked, amount=None):
        """The policy that a case would follow without a trial, with the reason in words."""
        if amount is None:
            amount = case.amount_overdue
        company = case.company_id
        own = case.partner_id.with_company(company).collection_policy_id
        if own and own.active and own.company_id == company:
            return own, self.env._("Set on the customer")
        for policy in ranked:
            if policy._fits(case, amount):
                return policy, self.env._("The first policy whose criteria fit the case")
        return self._get_default(company), self.env._("The company's default policy")

    # Who shares the new cases, and by what measure their load is equal (P2.1).

    def _get_rota(self, date):
        """Who takes new cases on a day: the rota, or those who stand in for them."""
        self.ensure_one()
        rota = self.collector_ids.sorted("id")
        return rota.browse().union(*(user._get_collection_substitute(date) for user in rota))

