from odoo import api, models
from odoo.tools import SQL


class CollectionPosition(models.Model):
    """Online payments that are begun and not confirmed yet are on their way."""

    _inherit = "collection.position"

    @api.model
    def _flush_for_positions(self):
        result = super()._flush_for_positions()
        self.env["payment.transaction"].flush_model()
        return result

    @api.model
    def _get_on_its_way_sql(self, only_partners):
        return SQL(
            """
            %(registered)s
         UNION ALL
            SELECT partner.commercial_partner_id, transaction.company_id,
                   COALESCE(linked.currency_id, transaction.currency_id),
                   CASE WHEN linked.currency_id IS NULL THEN transaction.amount
                        WHEN linked.currency_id = transaction.currency_id
                        THEN LEAST(transaction.amount, linked.residual)
                        ELSE linked.residual END
              FROM payment_transaction transaction
              JOIN res_partner partner ON partner.id = transaction.partner_id %(only)s
         LEFT JOIN LATERAL (
                    SELECT MIN(invoice.currency_id) AS currency_id,
                           GREATEST(SUM(invoice.amount_residual), 0) AS residual
                      FROM account_invoice_transaction_rel rel
                      JOIN account_move invoice ON invoice.id = rel.invoice_id
                       AND invoice.state = 'posted'
                     WHERE rel.transaction_id = transaction.id
                   ) linked ON TRUE
             WHERE transaction.state IN ('pending', 'authorized')
               AND transaction.payment_id IS NULL
               AND transaction.operation IN ('online_redirect', 'online_direct', 'online_token',
                                             'offline')
               AND linked.currency_id IS NOT NULL
            """,
            registered=super()._get_on_its_way_sql(only_partners),
            only=only_partners,
        )
