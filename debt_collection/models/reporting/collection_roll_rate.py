from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CollectionRollRate(models.Model):
    """Where the items of each tier were a month later, following the same items (P5.1).

    One record for each pair of tiers and month, frozen with the month's ageing. What is settled
    of an item counts as settled even where a part of it stays open.
    """

    _name = "collection.roll.rate"
    _description = "Roll Rate"
    _inherit = "collection.mixin"
    _order = "month desc, company_id, id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    tier_from = fields.Char(readonly=True, help="At the end of the month before; empty: not due.")
    tier_to = fields.Char(readonly=True, help="At the end of the month; empty: not due.")
    is_settled = fields.Boolean(readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    item_count_from = fields.Integer("Of Items", readonly=True, aggregator=None)
    amount = fields.Monetary(readonly=True)
    amount_from = fields.Monetary("Of Amount", readonly=True, aggregator=None)
    _once = models.UniqueIndex(
        "(company_id, month, COALESCE(tier_from, ''), COALESCE(tier_to, ''), is_settled)",
        "There is one rate for each pair of tiers and month.",
    )

    @api.model
    def _freeze(self, company, month):
        """Keep a month's rates, in one statement; a month that is kept already stays as it is.

        :param date month: first day of a month that has ended
        """
        # The job's own records, whoever runs it.
        if self.sudo().search_count(
            [("company_id", "=", company.id), ("month", "=", month)], limit=1
        ):
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            INSERT INTO collection_roll_rate
                   (company_id, month, tier_from, tier_to, is_settled, item_count,
                    item_count_from, amount, amount_from, create_uid, create_date)
              WITH moved AS (%(moved)s),
                   whole AS (SELECT tier_from, COUNT(*) AS count, SUM(before) AS before,
                                    SUM(after) AS after FROM moved GROUP BY tier_from),
                   cell AS (SELECT tier_from, tier_to, is_settled, COUNT(*) AS count,
                                   SUM(after) AS amount
                              FROM moved GROUP BY tier_from, tier_to, is_settled),
                   settled AS (SELECT whole.tier_from, NULL::varchar AS tier_to,
                                      TRUE AS is_settled, COALESCE(cell.count, 0) AS count,
                                      whole.before - whole.after AS amount
                                 FROM whole
                            LEFT JOIN cell ON cell.is_settled
                                  AND cell.tier_from IS NOT DISTINCT FROM whole.tier_from)
            SELECT %(company)s, %(month)s, cell.tier_from, cell.tier_to, cell.is_settled,
                   cell.count, whole.count, cell.amount, whole.before, %(uid)s,
                   now() AT TIME ZONE 'UTC'
              FROM (SELECT * FROM cell WHERE NOT is_settled UNION ALL SELECT * FROM settled) cell
              JOIN whole ON whole.tier_from IS NOT DISTINCT FROM cell.tier_from
            """,
            moved=self._get_moved_sql(company, month),
            company=company.id, month=month, uid=self.env.uid,
        ))
        self.invalidate_model()

    @api.model
    def _get_moved_sql(self, company, month):
        """The debts at the end of the month before: ``line_id tier_from tier_to is_settled before
        after``.
        """
        ageing = self.env["account.move.line"]._get_collection_ageing_sql
        return SQL(
            """
            SELECT old.line_id, old.tier_code AS tier_from,
                   CASE WHEN new.residual > 0 THEN new.tier_code END AS tier_to,
                   COALESCE(new.residual, 0) <= 0 AS is_settled, old.residual AS before,
                   GREATEST(COALESCE(new.residual, 0), 0) AS after
              FROM (%s) old LEFT JOIN (%s) new ON new.line_id = old.line_id
             WHERE old.residual > 0
            """,
            ageing(month - timedelta(days=1), company),
            ageing(month + relativedelta(day=31), company),
        )

    def _get_items(self):
        """The items behind these rates, by the ledger as it is now."""
        lines = self.env["account.move.line"]
        self.env.flush_all()
        for rate in self:
            condition = SQL("after < before") if rate.is_settled else SQL(
                "NOT is_settled AND tier_to IS NOT DISTINCT FROM %s", rate.tier_to or None
            )
            found = self.env.execute_query(SQL(
                """SELECT line_id FROM (%s) moved
                    WHERE tier_from IS NOT DISTINCT FROM %s AND %s""",
                self._get_moved_sql(rate.company_id, rate.month), rate.tier_from or None,
                condition,
            ))
            lines |= lines.browse(line_id for (line_id,) in found)
        return lines

