from odoo import api, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """The items that a reminder before the due date is about."""

    _inherit = "account.move.line"

    @api.model
    def _get_collection_falling_due(self, company, as_of, days):
        """Open items of customers that fall due within so many days, not yet reminded of.

        :return: dict by commercial partner's id of lists of dicts ``id date_due date amount``
        """
        for name in ("account.move", "account.move.line", "account.account", "res.partner",
                     "collection.letter.line"):
            self.env[name].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT line.id, line.date_maturity AS date_due, line.amount_residual AS amount,
                       COALESCE(move.invoice_date, line.date) AS date,
                       partner.commercial_partner_id AS partner_id
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE AND line.no_followup IS NOT TRUE
                   AND line.amount_residual > 0
                   AND line.date_maturity > %(as_of)s
                   AND line.date_maturity <= %(as_of)s::date + %(days)s
                   AND NOT EXISTS (SELECT 1 FROM collection_letter_line had
                                    WHERE had.move_line_id = line.id AND had.is_ahead)
              ORDER BY partner.commercial_partner_id, line.date_maturity, line.id
                """,
                company=company.id,
                as_of=as_of,
                days=days,
            )
        )
        items = {}
        for row in rows:
            items.setdefault(row["partner_id"], []).append(row)
        return items
