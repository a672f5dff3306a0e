from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

FIGURES = {
    "tier", "months", "collected", "target", "promises", "no_action", "debtor", "cases", "late",
    "grade", "trend", "roll",
}


class CollectionDashboard(models.AbstractModel):
    """The records behind each number of the dashboard, by the conditions it was counted with."""

    _inherit = "collection.dashboard"

    @api.model
    @api.readonly
    def get_records_action(self, figure, date=None, key=None):
        """The action that lists what a figure was counted from.

        What another role or company owns is left out by the record rules.

        :param str figure: one of ``FIGURES``, which ``_get_<figure>_records`` finds
        :param date: the day of the dashboard, as in ``get_dashboard``
        :param dict key: which of several figures of that name, e.g. ``{"code": "mild"}``
        :raises UserError: for a figure that the dashboard does not have
        """
        self._check_can_see()
        if figure not in FIGURES:
            raise UserError(self.env._("The dashboard has no figure “%(name)s”.", name=figure))
        company = self.env.company
        date = fields.Date.to_date(date) or company._get_collection_today()
        manager = self.env.user.has_group("debt_collection.group_manager")
        user = self.env["res.users"] if manager else self.env.user
        find = getattr(self, f"_get_{figure}_records")
        model, domain, name = find(company, date, user, **(key or {}))
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(self._get_list_view(model), "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }

    @api.model
    def _get_list_view(self, model):
        views = {"account.move.line": "debt_collection.collection_overdue_item_view_list"}
        return self.env.ref(views[model]).id if model in views else False

    @api.model
    def _get_tier_records(self, company, date, user, code=""):
        tier = self.env["collection.tier"]._get_ladder(company).filtered(
            lambda tier: tier.code == code
        )
        name = tier.name or self.env._("Not Overdue")
        if date != company._get_collection_today():
            rows = self.env.execute_query(SQL(
                "SELECT line_id FROM (%s) item WHERE tier_code IS NOT DISTINCT FROM %s",
                self._get_rebuilt_sql(company, date, user), code or None,
            ))
            domain = Domain("id", "in", [line_id for (line_id,) in rows])
            return "account.move.line", domain, name
        domain = Domain.AND([
            [("company_id", "=", company.id), ("parent_state", "=", "posted")],
            [("reconciled", "=", False), ("amount_residual", ">", 0)],
            [("no_followup", "!=", True), ("account_id.account_type", "=", "asset_receivable")],
            [("collection_tier_id", "=", tier.id)],
            [("collection_case_id.user_id", "=", user.id)] if user else Domain.TRUE,
        ])
        return "account.move.line", domain, name

    @api.model
    def _get_months_records(self, company, date, user, month=None, code=None):
        months = [fields.Date.to_date(month)] if month else self._get_month_starts(date)
        domain = self._get_months_domain(company, months, user)
        if code:
            domain &= Domain("tier_code", "=", code)
        return "collection.ageing.snapshot", domain, self.env._("Overdue at Month End")

    @api.model
    def _get_collected_records(self, company, date, user, user_id=None):
        domain = Domain("company_id", "=", company.id) & Domain("date", "<=", date) & (
            Domain("date", ">=", date.replace(day=1))
        )
        if user or user_id is not None:
            domain &= Domain("user_id", "=", user.id or user_id)
        return "collection.cash.report", domain, self.env._("Collected This Month")

    @api.model
    def _get_target_records(self, company, date, user):
        domain = Domain("company_id", "=", company.id) & Domain("kind", "=", "amount") & (
            Domain("month", "=", date.replace(day=1))
        )
        if user:
            domain &= Domain("user_id", "=", user.id)
        return "collection.target", domain, self.env._("Collection Plan")

    @api.model
    def _get_promises_records(self, company, date, user, name=""):
        titles = {
            "due": self.env._("Promises Due"), "late": self.env._("Promises Late"),
            "kept": self.env._("Promises Kept"), "broken": self.env._("Promises Broken"),
        }
        return (
            "collection.promise",
            self._get_promise_domains(company, date, user)[name],
            titles[name],
        )

    @api.model
    def _get_no_action_records(self, company, date, user):
        domain = self._get_no_action_domain(company, user)
        return "collection.case", domain, self.env._("Cases without Next Action")

    @api.model
    def _get_debtor_records(self, company, date, user, case_id=None):
        """The overdue items of one customer's case."""
        domain = Domain("collection_case_id", "=", case_id) & Domain("reconciled", "=", False) & (
            Domain("collection_tier_id", "!=", False)
        )
        return "account.move.line", domain, self.env._("Overdue Items")

    @api.model
    def _get_cases_records(self, company, date, user, user_id=False):
        domain = self._get_cases_domain(company, user) & Domain("user_id", "=", user_id)
        return "collection.case", domain, self.env._("Open Cases")

    @api.model
    def _get_late_records(self, company, date, user, user_id=False):
        domain = self._get_late_steps_domain(company, date) & Domain("user_id", "=", user_id)
        return "collection.case.step", domain, self.env._("Late Steps")

    @api.model
    def _get_grade_records(self, company, date, user, user_id=False):
        domain = Domain("company_id", "=", company.id) & Domain("user_id", "=", user_id) & (
            Domain("state", "!=", "draft")
        )
        return "collection.assessment", domain, self.env._("Assessments")

    @api.model
    def _get_trend_records(self, company, date, user, month=None, kind=None):
        months = [fields.Date.to_date(month)] if month else self._get_month_starts(date)
        domain = Domain("company_id", "=", company.id) & Domain("user_id", "=", False) & (
            Domain("month", "in", months)
        )
        kinds = [kind] if kind else ["effectiveness", "sales_days", "sales_days_best"]
        return (
            "collection.assessment.line",
            domain & Domain("kind", "in", kinds) & Domain("has_data", "=", True),
            self.env._("Effectiveness and Days of Sales"),
        )

    @api.model
    def _get_roll_records(self, company, date, user, rate_id=None):
        rate = self.env["collection.roll.rate"].search([
            ("id", "=", rate_id), ("company_id", "=", company.id),
        ])
        return (
            "account.move.line",
            Domain("id", "in", rate._get_items().ids),
            self.env._("Items That Moved"),
        )
