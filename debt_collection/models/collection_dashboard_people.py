from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class CollectionDashboard(models.AbstractModel):
    """What the dashboard says of the work: cash and plan, promises, collectors, trends."""

    _inherit = "collection.dashboard"

    @api.model
    def _get_collected(self, company, date, user, cash):
        """Cash on overdue items from the first of the month to the day, and the month's target.

        :param cash: what `_get_cash_by_collector` says of these days
        """
        amount = cash.get(user.id, 0) if user else sum(cash.values())
        # Everybody's targets add up to the team's; which are shown is decided here.
        targets = self.env["collection.target"].sudo().search([
            ("company_id", "=", company.id), ("kind", "=", "amount"),
            ("month", "=", date.replace(day=1)),
        ])
        if user:
            mine = targets.filtered(lambda target: target.user_id == user)
            target = (mine or targets.filtered(lambda target: not target.user_id))[:1].value
        else:
            # As on the team's screen: the plan without a collector is the team's.
            general = targets.filtered(lambda target: not target.user_id)
            target = sum((general or targets).mapped("value"))
        return {"amount": amount, "target": target}

    @api.model
    def _get_promises(self, company, date, user):
        """Promises that fall due within a week of the day, and what became of the month's."""
        promises = self.env["collection.promise"]
        own = [("company_id", "=", company.id)]
        if user:
            own.append(("case_id.user_id", "=", user.id))

        def total(*domain):
            (count, amount), = promises._read_group(
                [*own, *domain], [], ["__count", "amount:sum"]
            )
            return {"count": count, "amount": amount}

        month = [
            ("date_promised", ">=", date.replace(day=1)), ("date_promised", "<=", date),
        ]
        return {
            "due": total(
                ("state", "=", "open"), ("date_promised", ">=", date),
                ("date_promised", "<=", date + relativedelta(days=7)),
            ),
            "late": total(("state", "=", "open"), ("date_promised", "<", date)),
            "kept": total(("state", "=", "kept"), *month),
            "broken": total(("state", "in", ["broken", "partial"]), *month),
        }

    @api.model
    def _get_no_action(self, company, user):
        """Open cases on which nothing is planned."""
        domain = [
            ("company_id", "=", company.id), ("stage", "!=", "closed"),
            ("next_action_date", "=", False), ("next_step_date", "=", False),
        ]
        if user:
            domain.append(("user_id", "=", user.id))
        (count, amount), = self.env["collection.case"]._read_group(
            domain, [], ["__count", "amount_to_collect:sum"]
        )
        return {"count": count, "amount": amount}

    @api.model
    def _get_collectors(self, company, date, cash):
        """A row for each collector with open cases: load, cash of the month, last grade.

        :param cash: what `_get_cash_by_collector` says of the month so far
        """
        rows = self.env["collection.case"]._read_group(
            [("company_id", "=", company.id), ("stage", "!=", "closed")],
            ["user_id"], ["__count", "amount_overdue:sum"], order="amount_overdue:sum desc",
        )
        late = dict(self.env["collection.case.step"]._read_group(
            [("company_id", "=", company.id), ("state", "=", "planned"),
             ("date_deadline", "<", date)],
            ["user_id"], ["__count"],
        ))
        grades = self._get_grades(company, [user.id for user, *_rest in rows])
        return [
            {
                "user_id": user.id,
                "name": user.name or self.env._("Unassigned"),
                "cases": count,
                "amount": amount,
                "collected_amount": cash.get(user.id or None, 0),
                "late": late.get(user, 0),
                "grade": grades.get(user.id, ""),
            }
            for user, count, amount in rows
        ]

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
    def _get_roll(self, company, date):
        """How much went on from tier to tier in the latest month that was assessed."""
        lines = self._get_team_lines(company, date, ["roll"])
        latest = lines[-1:].month
        return [
            {
                "line_id": line.id, "name": line.detail, "value": line.value,
                "month": fields.Date.to_string(line.month),
            }
            for line in lines
            if line.month == latest
        ]

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
