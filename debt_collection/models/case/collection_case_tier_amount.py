from odoo import fields, models


class CollectionCaseTierAmount(models.Model):
    """What a case holds per tier and currency, summed from its overdue items."""

    _name = "collection.case.tier.amount"
    _description = "Case Amount by Tier and Currency"
    _inherit = "collection.mixin"
    _auto = False
    _order = "case_id, tier_id desc, currency_id"

    case_id = fields.Many2one("collection.case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    tier_id = fields.Many2one("collection.tier", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary("Amount in Currency", readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    item_count = fields.Integer("Items", readonly=True)

    @property
    def _table_query(self):
        return """
            SELECT MIN(line.id) AS id, line.collection_case_id AS case_id,
                   line.company_id, line.collection_tier_id AS tier_id,
                   COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                   line.company_currency_id,
                   SUM(line.amount_residual_currency) AS amount_currency,
                   SUM(line.amount_residual) AS amount,
                   COUNT(*) AS item_count
              FROM account_move_line line
             WHERE line.collection_case_id IS NOT NULL AND line.collection_tier_id IS NOT NULL
          GROUP BY line.collection_case_id, line.company_id, line.collection_tier_id,
                   COALESCE(line.currency_id, line.company_currency_id), line.company_currency_id
        """

