from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain


class CollectionDashboard(models.AbstractModel):
    """What the dashboard says of the work: cash and plan, promises, collectors, trends."""

    _inherit = "collection.dashboard"

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
        """Promises that fall due within a week of the day, and what became of the month's."""
        return {
            name: self._total("collection.promise", domain, "amount")
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
