from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.provision import loss_rate, roll_rates


class CollectionLossHistory(models.TransientModel):
    """What became of the debts of a month end, and the rates that follow from it."""

    _inherit = "collection.loss.history"

    def _measure(self, day, later, codes):
        """What was open on a day and what became of it, by tier code, in one statement.

        :return: dict by code of ``exposure``, ``lost`` (open or written off later) and ``worse``
            (in a worse tier later)
        """
        lines = self.env["account.move.line"]
        for name in ("account.move.line", "account.move", "account.partial.reconcile",
                     "account.account", "res.partner", "account.payment"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT early.tier_code, late.tier_code, SUM(early.residual),
                       SUM(LEAST(COALESCE(late.residual, 0), early.residual)),
                       SUM(LEAST(COALESCE(written.amount, 0), early.residual))
                  FROM (%(early)s) early
             LEFT JOIN (%(late)s) late ON late.line_id = early.line_id
            CROSS JOIN LATERAL (
                SELECT SUM(partial.amount) AS amount
                  FROM account_partial_reconcile partial
                  JOIN account_move_line other ON other.id = partial.credit_move_id
                  JOIN account_move source ON source.id = other.move_id
                 WHERE partial.debit_move_id = early.line_id
                   AND partial.max_date > %(day)s AND partial.max_date <= %(later)s
                   AND source.move_type = 'entry'
                   AND source.origin_payment_id IS NULL AND source.statement_line_id IS NULL
                   AND NOT EXISTS (SELECT FROM account_partial_reconcile origin
                                    WHERE origin.exchange_move_id = source.id)
                       ) written
                 WHERE early.residual > 0 %(segment)s
              GROUP BY early.tier_code, late.tier_code
                """,
                early=lines._get_collection_ageing_sql(day, self.company_id),
                late=lines._get_collection_ageing_sql(later, self.company_id),
                day=day,
                later=later,
                segment=SQL(
                    "AND EXISTS (SELECT FROM res_partner_res_partner_category_rel tag"
                    " WHERE tag.partner_id = early.partner_id AND tag.category_id = %s)",
                    self.category_id.id,
                ) if self.category_id else SQL(),
            )
        )
        figures = {code: {"exposure": 0.0, "lost": 0.0, "worse": 0.0} for code in codes}
        rank = {code: number for number, code in enumerate(codes)}
        for early, late, exposure, still_open, written in rows:
            row = figures[early or False]
            row["exposure"] += exposure
            row["lost"] += min(exposure, still_open + written)
            if rank[late or False] > rank[early or False]:
                row["worse"] += still_open
            # What was written off within the month has rolled to the end.
            row["worse"] += written
        return figures

    def _get_rates(self, totals, codes):
        """Numerator and denominator by tier code; without history there is no rate."""
        if self.method == "never":
            return {
                code: (float(min(total["lost"], total["exposure"])), float(total["exposure"]))
                for code, total in totals.items()
                if total["exposure"] > 0
            }
        try:
            worst = loss_rate(Decimal(str(round(self.worst_percent, 6))))
        except ValueError:
            raise UserError(
                self.env._("The loss of the worst tier is between 0 and 100 percent.")
            ) from None
        if not any(total["exposure"] for total in totals.values()):
            return {}
        rates = roll_rates(
            [(totals[code]["exposure"], totals[code]["worse"]) for code in codes[:-1]], worst
        )
        return {
            code: (float(round(rate * Fraction(100), 6)), 100.0)
            for code, rate in zip(codes, rates, strict=True)
        }
