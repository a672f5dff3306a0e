from odoo import fields, models


class CollectionPolicy(models.Model):
    """Who shares the new cases, and by what measure their load is equal (P2.1)."""

    _inherit = "collection.policy"

    collector_ids = fields.Many2many(
        "res.users",
        "collection_policy_rota_rel",
        string="Rota",
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

    def _get_rota(self, date):
        """Who takes new cases on a day: the rota, or those who stand in for them."""
        self.ensure_one()
        rota = self.collector_ids.sorted("id")
        return rota.browse().union(*(user._get_collection_substitute(date) for user in rota))
