from decimal import Decimal

from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """What the ledger says of items that late charges are taken on."""

    _inherit = "account.move.line"

    def _get_charge_items(self):
        """The items of these that can be charged, and the others of the same invoices.

        Left out are credits, debit notes for late charges, entries excluded from follow-up, and
        items without terms.

        :return: list of dicts ``id company_id currency_id amount date_due terms_id fee_key``,
            amounts in the item's currency; items with one ``fee_key`` bear one fee
        """
        if not self._ids:
            return []
        for name in ("account.move", "account.account", "collection.case", "collection.policy",
                     "res.company", "res.partner"):
            self.env[name].flush_model()
        self.flush_model()
        # As text: amounts are reckoned exactly, not as floats.
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH asked AS (
                    SELECT line.id, line.move_id, move.move_type
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                       AND move.is_collection_charge IS NOT TRUE
                     WHERE line.id = ANY(%(ids)s) AND line.parent_state = 'posted'
                ),
                item AS (
                    SELECT id, 'line,' || id AS fee_key FROM asked
                     WHERE move_type NOT IN ('out_invoice', 'out_receipt')
                 UNION ALL
                    SELECT line.id, 'move,' || line.move_id
                      FROM account_move_line line
                     WHERE line.move_id IN (
                        SELECT move_id FROM asked
                         WHERE move_type IN ('out_invoice', 'out_receipt'))
                )
                SELECT line.id, line.company_id, line.currency_id, line.date_maturity AS date_due,
                       ROUND(line.amount_currency, currency.decimal_places)::text AS amount,
                       COALESCE(own.id, policy.charge_terms_id) AS terms_id, item.fee_key
                  FROM item
                  JOIN account_move_line line ON line.id = item.id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_currency currency ON currency.id = line.currency_id
                  JOIN res_company company ON company.id = line.company_id
             LEFT JOIN collection_case chased ON chased.id = line.collection_case_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
             LEFT JOIN collection_charge_terms own
                    ON own.id = (customer.collection_charge_terms_id->>(company.id::text))::int
             LEFT JOIN collection_policy policy ON policy.id = COALESCE(
                       chased.policy_id,
                       (customer.collection_policy_id->>(company.id::text))::int,
                       company.collection_policy_id)
                 WHERE line.balance > 0 AND line.amount_currency > 0
                   AND line.date_maturity IS NOT NULL
                   AND line.no_followup IS NOT TRUE
                   AND COALESCE(own.id, policy.charge_terms_id) IS NOT NULL
                """,
                ids=list(self._ids),
            )
        )
        return [{**row, "amount": Decimal(row["amount"])} for row in rows]

    def _get_charge_reductions(self, ids):
        """What reduced items, by item: money, and everything else.

        :return: two dicts of lists of pairs (date, amount in the item's currency)
        """
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.id, part.date,
                       source.origin_payment_id IS NOT NULL
                       OR source.statement_line_id IS NOT NULL AS is_cash,
                       SUM(part.amount)::text
                  FROM account_move_line item
            CROSS JOIN LATERAL (%(sides)s) part
                  JOIN account_move source ON source.id = part.outside_id
                 WHERE item.id = ANY(%(ids)s)
              GROUP BY 1, 2, 3
                HAVING SUM(part.amount) != 0
                """,
                sides=self._get_collection_sides_sql(),
                ids=ids,
            )
        )
        cash, credits = {}, {}
        for line_id, date, is_cash, amount in rows:
            reductions = cash if is_cash else credits
            reductions.setdefault(line_id, []).append((date, Decimal(amount)))
        return cash, credits
