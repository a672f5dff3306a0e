from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import indicators


class CollectionAssessment(models.Model):
    """Figures of the whole ledger, for the team: effectiveness, days of sales, roll rates."""

    _inherit = "collection.assessment"

    @api.model
    def _get_ledger_figures(self, company, first, stop, noncash):
        """Values of the team's further lines, in two statements.

        :param Decimal noncash: credit notes and write-offs on overdue items of the month
        :return: list of dicts of line values
        """
        moved = self._get_ageing_moves(company, first - timedelta(days=1), stop - timedelta(days=1))
        opening = sum(row["before"] for row in moved)
        closing = sum(row["after"] for row in moved)
        current = sum(row["after"] for row in moved if not row["tier_after"])
        months = self._get_sales_by_month(company, stop)
        sales, days = months[0]
        outstanding = indicators.days_of_sales(closing, sales, days)
        best = indicators.days_of_sales(current, sales, days)
        reachable = opening + sales - current
        settled = opening + sales - closing
        figures = [
            ("effectiveness", "percent", settled, reachable, indicators.effectiveness(
                opening, sales, closing, current)),
            ("effectiveness_cash", "percent", settled - noncash, reachable,
             indicators.effectiveness(opening, sales, closing, current, noncash)),
            ("sales_days", "days", closing, sales, outstanding),
            ("sales_days_best", "days", current, sales, best),
            ("sales_days_countback", "days", closing, sum(sale for sale, _days in months),
             indicators.countback(closing, months)),
            ("days_delinquent", "days", closing - current, sales,
             indicators.days_delinquent(outstanding, best)),
        ]
        return [
            self._prepare_figure(kind, unit, numerator, denominator, value)
            for kind, unit, numerator, denominator, value in figures
        ] + self._get_roll_rates(company, moved)

    @api.model
    def _prepare_figure(self, kind, unit, numerator, denominator, value, **vals):
        return {
            "kind": kind,
            "unit": unit,
            "numerator": float(numerator),
            "denominator": float(denominator),
            "value": float(value or 0),
            "has_data": value is not None,
            **vals,
        }

    @api.model
    def _get_ageing_moves(self, company, before, after):
        """What was in each tier at the end of a day, by where the same items were later.

        :return: list of dicts ``tier_before is_debt tier_after before after``, amounts as Decimal
        """
        ageing = self.env["account.move.line"]._get_collection_ageing_sql
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT old.tier_code AS tier_before, old.residual > 0 AS is_debt,
                       new.tier_code AS tier_after,
                       COALESCE(SUM(old.residual), 0) AS before,
                       COALESCE(SUM(new.residual), 0) AS after
                  FROM (%s) old FULL JOIN (%s) new ON new.line_id = old.line_id
              GROUP BY 1, 2, 3
                """,
                ageing(before, company),
                ageing(after, company),
            )
        )
        for row in rows:
            for name in ("before", "after"):
                row[name] = Decimal(str(row[name]))
        return rows

    @api.model
    def _get_sales_by_month(self, company, stop):
        """Invoices less credit notes of the twelve months up to ``stop``, the latest first.

        :return: list of tuples of sales and days of the month
        """
        start = stop - relativedelta(months=12)
        rows = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT DATE_TRUNC('month', line.invoice_date)::date, SUM(line.balance)
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                     WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
                       AND line.account_id IN (SELECT id FROM account_account
                                                WHERE account_type = 'asset_receivable')
                       AND line.invoice_date >= %(start)s AND line.invoice_date < %(stop)s
                  GROUP BY 1
                    """,
                    company=company.id, start=start, stop=stop,
                )
            )
        )
        months = [stop - relativedelta(months=back) for back in range(1, 13)]
        return [
            (Decimal(str(rows.get(month) or 0)), (month + relativedelta(months=1) - month).days)
            for month in months
        ]

    @api.model
    def _get_roll_rates(self, company, moved):
        """Of what was in a tier, how much went on to the next one, following the same items."""
        tiers = self.env["collection.tier"]._get_ladder(company).sorted("day_from")
        steps = [(None, self.env._("Not Due"))] + [(tier.code, tier.name) for tier in tiers]
        figures = []
        for (code, name), (next_code, next_name) in zip(steps, steps[1:], strict=False):
            there = [row for row in moved if row["is_debt"] and row["tier_before"] == code]
            whole = sum(row["before"] for row in there)
            part = sum(row["after"] for row in there if row["tier_after"] == next_code)
            figures.append(self._prepare_figure(
                "roll", "percent", part, whole,
                indicators.rate(Decimal(part), Decimal(whole)),
                detail=f"{name} → {next_name}",
            ))
        return figures
