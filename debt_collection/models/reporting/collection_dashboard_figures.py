from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import indicators
from .collection_dashboard import TOP


class CollectionDashboard(models.AbstractModel):
    """How the figures of the dashboard are found: ledger, work, roll rates."""

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
               AND %(chased)s AND NOT %(paid_out)s
               AND line.account_id IN (SELECT id FROM account_account
                                        WHERE account_type = 'asset_receivable')
          GROUP BY tier.code
            """,
            company=company.id,
            chased=lines._get_chased_sql("line"),
            paid_out=lines._get_paid_out_sql("line"),
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
        """The debts that were open at the end of a day: ``line_id tier_code residual``.

        Those that are chased, as today's are: what a person excluded is in the ageing alone.
        """
        lines = self.env["account.move.line"]
        return SQL(
            """SELECT item.line_id, item.tier_code, item.residual
                 FROM (%s) item JOIN account_move_line line ON line.id = item.line_id %s
                WHERE item.residual > 0 AND %s AND NOT %s""",
            lines._get_collection_ageing_sql(date, company), self._get_cases_join(user),
            lines._get_chased_sql("line"), lines._get_paid_out_sql("line"),
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

    # What the dashboard says of the work: cash and plan, promises, collectors, trends.

    @api.model
    def _get_collected(self, company, date, user, cash):
        """Cash on overdue items from the first of the month to the day, and the month's target.

        :param cash: what `_get_cash_by_collector` says of these days
        """
        return {
            "amount": cash.get(user.id or None, 0),
            "target": self.env["collection.target"]._get_amount(company, date, user),
        }

    @api.model
    def _get_promises(self, company, date, user):
        """Promises that fall due within a week of the day, and what became of the month's.

        Of open ones what the position of their cases says: what has not come yet. A case has
        one open promise at most.
        """
        return {
            name: (
                self._total("collection.case", [("promise_ids", "any", domain)], "amount_promised")
                if name in ("due", "late")
                else self._total("collection.promise", domain, "amount_company")
            )
            for name, domain in self._get_promise_domains(company, date, user).items()
        }

    @api.model
    def _get_promise_domains(self, company, date, user):
        """By name of the figure, the promises that it counts."""
        own = Domain("company_id", "=", company.id)
        if user:
            own &= Domain("case_id.user_id", "=", user.id)
        still_open = own & Domain("state", "=", "open")
        month = own & (
            Domain("date_promised", ">=", date.replace(day=1)) & Domain("date_promised", "<=", date)
        )
        # What a manager judged by hand is told apart, in the list of promises.
        month &= Domain("judged_by_id", "=", False)
        return {
            "due": still_open & Domain("date_promised", ">=", date)
            & Domain("date_promised", "<=", date + relativedelta(days=7)),
            "late": still_open & Domain("date_promised", "<", date),
            "kept": month & Domain("state", "=", "kept"),
            "broken": month & Domain("state", "in", ["broken", "partial"]),
        }

    @api.model
    def _get_no_action(self, company, user):
        """Open cases on which nothing is planned."""
        return self._total(
            "collection.case", self._get_no_action_domain(company, user), "amount_to_collect"
        )

    @api.model
    def _get_no_action_domain(self, company, user):
        return self._get_cases_domain(company, user) & (
            Domain("next_action_date", "=", False) & Domain("next_step_date", "=", False)
        )

    @api.model
    def _get_cases_domain(self, company, user):
        """Open cases of the company: all of them, or the user's."""
        domain = Domain("company_id", "=", company.id) & Domain("stage", "!=", "closed")
        return domain & Domain("user_id", "=", user.id) if user else domain

    @api.model
    def _total(self, model, domain, amount):
        """Number of some records, and the sum of their amounts."""
        (count, total), = self.env[model]._read_group(domain, [], ["__count", f"{amount}:sum"])
        return {"count": count, "amount": total}

    @api.model
    def _get_collectors(self, company, date, cash):
        """A row for each collector with open cases: load, cash of the month, last grade.

        :param cash: what `_get_cash_by_collector` says of the month so far
        """
        rows = self.env["collection.case"]._read_group(
            self._get_cases_domain(company, None),
            ["user_id"], ["__count", "amount_overdue:sum"], order="amount_overdue:sum desc",
        )
        late = dict(self.env["collection.case.step"]._read_group(
            self._get_late_steps_domain(company, date), ["user_id"], ["__count"],
        ))
        grades = self._get_grades(company, [user.id for user, *_rest in rows])
        return [
            {
                "user_id": user.id,
                "name": user.name or self.env._("Unassigned"),
                "cases": count,
                "amount": amount,
                "collected_amount": cash.get(user.id, 0),
                "late": late.get(user, 0),
                "grade": grades.get(user.id, ""),
            }
            for user, count, amount in rows
        ]

    @api.model
    def _get_late_steps_domain(self, company, date):
        return Domain("company_id", "=", company.id) & Domain("state", "=", "planned") & (
            Domain("date_deadline", "<", date)
        )

    @api.model
    def _get_grades(self, company, user_ids):
        """The latest grade of each collector that was confirmed, in words."""
        assessments = self.env["collection.assessment"]
        labels = dict(assessments._fields["grade"]._description_selection(self.env))
        found = assessments.search(
            [("company_id", "=", company.id), ("user_id", "in", user_ids),
             ("state", "!=", "draft")],
            order="month",
        )
        return {assessment.user_id.id: labels.get(assessment.grade, "") for assessment in found}

    @api.model
    def _get_team_lines(self, company, date, kinds):
        """Figures of the team's assessments of the twelve months before."""
        return self.env["collection.assessment.line"].search([
            ("company_id", "=", company.id), ("user_id", "=", False), ("kind", "in", kinds),
            ("month", "in", self._get_month_starts(date)), ("has_data", "=", True),
        ], order="month, sequence, id")

    @api.model
    def _get_trend(self, company, date):
        """Effectiveness and days of sales by month, as assessed."""
        kinds = ["effectiveness", "sales_days", "sales_days_best"]
        values = {
            (line.month, line.kind): line.value
            for line in self._get_team_lines(company, date, kinds)
        }
        return [
            {
                "month": fields.Date.to_string(month),
                **{kind: values.get((month, kind)) for kind in kinds},
            }
            for month in self._get_month_starts(date)
        ]

    # The roll-rate matrix: from which tier to which, month by month (P5.1).

    @api.model
    def _get_roll(self, company, date):
        """The matrices of the twelve months before, as frozen, the latest first.

        A tier that is no longer in the ladder keeps its code as its name.

        :return: list of dicts ``month columns rows``; a cell has the number and amount of the
            items that went from the row's tier to the column's, and their shares in per cent
        """
        # Frozen figures of the company; the dashboard shows them to managers alone.
        rates_sudo = self.env["collection.roll.rate"].sudo().search([
            ("company_id", "=", company.id), ("month", "in", self._get_month_starts(date)),
        ])
        ladder = self.env["collection.tier"]._get_ladder(company).sorted("day_from")
        names = {False: self.env._("Not Due"), **{tier.code: tier.name for tier in ladder}}
        return [
            {"month": fields.Date.to_string(month), **self._get_matrix(those, names)}
            for month, those in rates_sudo.grouped("month").items()
        ]

    @api.model
    def _get_matrix(self, rates, names):
        codes = list(dict.fromkeys([*names, *rates.mapped("tier_from"), *rates.mapped("tier_to")]))
        cells = {
            (rate.tier_from, "settled" if rate.is_settled else rate.tier_to): rate
            for rate in rates
        }
        columns = [(code, names.get(code, code)) for code in codes]
        columns.append(("settled", self.env._("Settled")))
        return {
            "columns": [name for _code, name in columns],
            "rows": [
                {
                    "name": names.get(code, code),
                    "cells": [self._get_cell(cells.get((code, to))) for to, _name in columns],
                }
                for code in codes
            ],
        }

    @api.model
    def _get_cell(self, rate):
        if not rate:
            return {"id": False, "count": 0, "amount": 0, "count_share": 0, "amount_share": 0}
        return {
            "id": rate.id,
            "count": rate.item_count,
            "amount": rate.amount,
            "count_share": self._get_share(rate.item_count, rate.item_count_from),
            "amount_share": self._get_share(rate.amount, rate.amount_from),
        }

    @api.model
    def _get_share(self, part, whole):
        """Per cent, rounded as all indicators are."""
        return float(indicators.rate(Decimal(str(part)), Decimal(str(whole))) or 0)

