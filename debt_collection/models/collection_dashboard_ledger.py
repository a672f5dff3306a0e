from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_dashboard import TOP


class CollectionDashboard(models.AbstractModel):
    """What the dashboard says of the ledger: tiers, months, debtors, cash."""

    _inherit = "collection.dashboard"

    @api.model
    def _get_tiers(self, company, date, today, user):
        """Open debts by tier on a day; what is not overdue comes first.

        Today's are those of the last classification, an earlier day's are rebuilt.
        """
        amounts = (
            self._get_classified(company, user)
            if date == today
            else self._get_rebuilt(company, date, user)
        )
        rows = [{
            "code": "", "id": False, "name": self.env._("Not Overdue"), "color": 0,
            **amounts.get(None, {"amount": 0, "count": 0}),
        }]
        for tier in self.env["collection.tier"]._get_ladder(company):
            rows.append({
                "code": tier.code, "id": tier.id, "name": tier.name, "color": tier.color,
                **amounts.get(tier.code, {"amount": 0, "count": 0}),
            })
        return rows

    @api.model
    def _get_classified(self, company, user):
        lines = self.env["account.move.line"]
        lines.flush_model()
        self.env["collection.case"].flush_model()
        # What a collector may see was checked; items of own cases alone are counted for them.
        rows = self.env.execute_query(SQL(
            """
            SELECT tier.code, SUM(line.amount_residual), COUNT(*)
              FROM account_move_line line
         LEFT JOIN collection_tier tier ON tier.id = line.collection_tier_id
              %(cases)s
             WHERE line.company_id = %(company)s AND line.parent_state = 'posted'
               AND line.reconciled IS NOT TRUE AND line.amount_residual > 0
               AND line.no_followup IS NOT TRUE
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
          GROUP BY tier.code
            """,
            company=company.id,
            cases=self._get_cases_join(user),
        ))
        return {code: {"amount": amount, "count": count} for code, amount, count in rows}

    @api.model
    def _get_cases_join(self, user):
        if not user:
            return SQL()
        return SQL(
            "JOIN collection_case own ON own.id = line.collection_case_id AND own.user_id = %s",
            user.id,
        )

    @api.model
    def _get_rebuilt(self, company, date, user):
        """The same for a day that is past, from the reconciliations up to it."""
        rows = self.env.execute_query(SQL(
            "SELECT tier_code, SUM(residual), COUNT(*) FROM (%s) item GROUP BY tier_code",
            self._get_rebuilt_sql(company, date, user),
        ))
        return {code or None: {"amount": amount, "count": count} for code, amount, count in rows}

    @api.model
    def _get_rebuilt_sql(self, company, date, user):
        """The debts that were open at the end of a day: ``line_id tier_code residual``."""
        own = SQL(
            "JOIN account_move_line line ON line.id = item.line_id %s", self._get_cases_join(user)
        ) if user else SQL()
        return SQL(
            """SELECT item.line_id, item.tier_code, item.residual
                 FROM (%s) item %s WHERE item.residual > 0""",
            self.env["account.move.line"]._get_collection_ageing_sql(date, company), own,
        )

    @api.model
    def _get_months(self, company, date, user):
        """Overdue at the ends of the twelve months before, by tier, as frozen then."""
        months = self._get_month_starts(date)
        domain = self._get_months_domain(company, months, user)
        # Which snapshots a collector sees is limited by the domain.
        groups = self.env["collection.ageing.snapshot"].sudo()._read_group(
            domain, ["month:month", "tier_code"], ["amount:sum"]
        )
        amounts = {
            (fields.Date.to_date(month), code): amount for month, code, amount in groups
        }
        codes = self.env["collection.tier"]._get_ladder(company).mapped("code")
        return [
            {
                "month": fields.Date.to_string(month),
                "tiers": [
                    {"code": code, "amount": amounts.get((month, code), 0)} for code in codes
                ],
            }
            for month in months
        ]

    @api.model
    def _get_months_domain(self, company, months, user):
        domain = Domain("company_id", "=", company.id) & Domain("kind", "=", "overdue") & (
            Domain("month", "in", months)
        )
        return domain & Domain("user_id", "=", user.id) if user else domain

    @api.model
    def _get_debtors(self, company, date, user):
        """The customers with the largest overdue amounts."""
        cases = self.env["collection.case"].search(
            self._get_cases_domain(company, user), order="amount_overdue desc, id", limit=TOP
        )
        return [
            {
                "case_id": case.id,
                "name": case.partner_id.name,
                "amount": case.amount_overdue,
                "tier": case.tier_id.name,
                "tier_code": case.tier_code,
                "days": case.date_oldest_due and (date - case.date_oldest_due).days or 0,
                "collector": case.user_id.name or "",
            }
            for case in cases
        ]
