from odoo import api, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model
    def _get_collection_ageing(self, as_of, companies=None, partners=None):
        """The receivable items open at the end of a day, rebuilt from the ledger (P3.1).

        An item counts when it was issued on or before ``as_of`` and not settled by it; its
        residual is the balance less the reconciliations dated up to that day. An exchange
        difference takes the day of the payment that caused it. Draft and cancelled
        entries and items excluded from follow-up never count. Nothing is written.

        :param date as_of: the day, inclusive
        :param companies: companies to look at; the user's active ones when not given
        :param partners: commercial partners to look at; all customers when not given
        :return: list of dicts ``line_id move_id partner_id company_id currency_id
            days_overdue tier_code residual residual_currency``. ``partner_id`` is the
            commercial partner (``False`` when the entry names nobody), ``residual`` is in
            the company's currency and ``residual_currency`` in the item's;
            ``days_overdue`` is at least 0; ``tier_code`` is ``False`` for what is
            not overdue and for credits.
        """
        companies = self.env.companies if companies is None else companies
        if not companies:
            return []
        self.flush_model()
        self.env["account.move"].flush_model(["invoice_date", "state"])
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.account"].flush_model(["account_type"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query_dict(
            self._get_collection_ageing_sql(as_of, companies, partners)
        )
        for row in rows:
            row["partner_id"] = row["partner_id"] or False
            row["tier_code"] = row["tier_code"] or False
        return rows

    @api.model
    def _get_collection_ladder_sql(self, companies):
        """``VALUES (company_id, tier_id, code, day_from, day_to)`` of the companies' ladders."""
        get_ladder = self.env["collection.tier"]._get_ladder
        rows = [
            SQL(
                "(%s::int, %s::int, %s::varchar, %s::int, %s::int)",
                company.id, tier.id, tier.code, tier.day_from, tier.day_to,
            )
            for company in companies
            for tier in get_ladder(company)
        ] or [SQL("(NULL::int, NULL::int, NULL::varchar, NULL::int, NULL::int)")]
        return SQL("VALUES %s", SQL(", ").join(rows))

    @api.model
    def _get_collection_ageing_sql(self, as_of, companies, partners=None):
        return SQL(
            """
            WITH ladder (company_id, tier_id, code, day_from, day_to) AS (%(ladder)s),
            item AS (
                SELECT line.id, line.move_id, line.company_id, line.date_maturity,
                       COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                       line.company_currency_id,
                       partner.commercial_partner_id AS partner_id,
                       line.balance, line.amount_currency
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = ANY(%(company_ids)s)
                   AND line.parent_state = 'posted'
                   AND line.no_followup IS NOT TRUE
                   AND COALESCE(line.invoice_date, line.date) <= %(as_of)s
                   %(only)s
            ),
            opened AS (
                SELECT item.*,
                       ROUND(item.balance - COALESCE(settled.amount, 0),
                             company_currency.decimal_places) AS residual,
                       ROUND(item.amount_currency - COALESCE(settled.currency, 0),
                             currency.decimal_places) AS residual_currency,
                       GREATEST(%(as_of)s - item.date_maturity, 0) AS days
                  FROM item
            CROSS JOIN LATERAL (%(settled)s) settled
                  JOIN res_currency currency ON currency.id = item.currency_id
                  JOIN res_currency company_currency
                    ON company_currency.id = item.company_currency_id
            )
            SELECT opened.id AS line_id, opened.move_id, opened.partner_id, opened.company_id,
                   opened.currency_id, COALESCE(opened.days, 0) AS days_overdue,
                   ladder.code AS tier_code, opened.residual, opened.residual_currency
              FROM opened
         LEFT JOIN ladder ON ladder.company_id = opened.company_id
               AND opened.residual > 0 AND opened.days >= ladder.day_from
               AND (ladder.day_to = 0 OR opened.days <= ladder.day_to)
             WHERE opened.residual != 0 OR opened.residual_currency != 0
          ORDER BY opened.company_id, opened.date_maturity, opened.id
            """,
            ladder=self._get_collection_ladder_sql(companies),
            settled=self._get_collection_settled_sql(as_of),
            only=SQL("AND partner.commercial_partner_id = ANY(%s)", partners.ids)
            if partners is not None else SQL(),
            company_ids=companies.ids,
            as_of=as_of,
        )

    @api.model
    def _get_collection_settled_sql(self, as_of):
        """What reconciliations dated up to a day took from ``item.id``, signed as its balance.

        One index look-up per item and side: as fast on a ledger without statistics, where
        a join of the two sums would be planned as a loop in a loop.
        """

        return SQL(
            "SELECT SUM(amount_company) AS amount, SUM(amount) AS currency"
            " FROM (%s) AS part WHERE date <= %s",
            self._get_collection_sides_sql(),
            as_of,
        )

    @api.model
    def _get_collection_sides_sql(self):
        """The reconciliations of ``item.id``, signed as its balance, with their days.

        Columns ``partial_id date outside_id amount_company amount``, the amount in the item's
        currency and ``outside_id`` the entry on the other side.
        """

        def side(own, other, amount_currency, sign):
            return SQL(
                """
                SELECT partial.id AS partial_id, other.move_id AS outside_id,
                       COALESCE(
                           (SELECT MIN(origin.max_date) FROM account_partial_reconcile origin
                             WHERE origin.exchange_move_id = other.move_id),
                           partial.max_date) AS date,
                       %(sign)s * partial.amount AS amount_company,
                       %(sign)s * partial.%(amount_currency)s AS amount
                  FROM account_partial_reconcile partial
                  JOIN account_move_line other ON other.id = partial.%(other)s
                 WHERE partial.%(own)s = item.id
                """,
                sign=sign,
                own=SQL.identifier(own),
                other=SQL.identifier(other),
                amount_currency=SQL.identifier(amount_currency),
            )

        return SQL(
            "%s UNION ALL %s",
            side("debit_move_id", "credit_move_id", "debit_amount_currency", 1),
            side("credit_move_id", "debit_move_id", "credit_amount_currency", -1),
        )
