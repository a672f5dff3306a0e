from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

MONTHS = 12
TOP = 10
MONEY = {"amount", "target", "promised", "collected_amount", "low", "high", "came"}
FIGURES = {
    "tier", "months", "collected", "target", "promises", "no_action", "debtor", "cases", "late",
    "grade", "trend", "roll", "forecast", "expected_late",
}


class CollectionDashboard(models.AbstractModel):
    """The manager's view of the receivables, and a collector's own small one (P2.1).

    Figures of the active company on a day, in its currency or another. They come from
    aggregates, month ends and confirmed assessments: a fixed number of statements, whatever
    the size of the ledger. Nothing is written.
    """

    _name = "collection.dashboard"
    _description = "Collection Dashboard"
    _inherit = "collection.dashboard.outlook"

    @api.model
    @api.readonly
    def get_dashboard(self, date=None, currency_id=None):
        """The figures of the dashboard.

        :param date: the day as text or date, today or before; by default the company's today
        :param currency_id: id of the currency to show, at that day's rate; by default the
            company's
        :return: dict of ``date``, ``currency_id``, ``is_manager`` and the parts of the dashboard
        :raises AccessError: for users who are neither collectors nor managers
        :raises UserError: for a day in the future
        """
        company = self.env.company
        self._check_can_see()
        today = company._get_collection_today()
        date = fields.Date.to_date(date) or today
        if date > today:
            raise UserError(self.env._("Choose a day that is not in the future."))
        manager = self.env.user.has_group("debt_collection.group_manager")
        user = self.env["res.users"] if manager else self.env.user
        currency = self._get_currency(currency_id) or company.currency_id
        cash = self.env["collection.case"]._get_cash_by_collector(
            company, date.replace(day=1), fields.Date.add(date, days=1)
        )
        rate = company.currency_id._get_conversion_rate(
            company.currency_id, currency, company, date
        )
        data = {
            "date": fields.Date.to_string(date),
            "is_today": date == today,
            "is_manager": manager,
            "company_id": company.id,
            "currency_id": currency.id,
            "currencies": self._get_currencies(company),
            "tiers": self._get_tiers(company, date, today, user),
            "months": self._get_months(company, date, user),
            "collected": self._get_collected(company, date, user, cash),
            "promises": self._get_promises(company, date, user),
            "debtors": self._get_debtors(company, date, user),
            "no_action": self._get_no_action(company, user),
            "forecast": self._get_forecast(company, user) if date == today else False,
        }
        if manager:
            data |= {
                "collectors": self._get_collectors(company, date, cash),
                "roll": self._get_roll(company, date),
                "trend": self._get_trend(company, date),
            }
        return self._convert(data, rate)

    @api.model
    def _check_can_see(self):
        if not self.env.user.has_group("debt_collection.group_collector"):
            raise AccessError(
                self.env._("The dashboard is for collectors and their managers.")
            )

    @api.model
    def _get_currency(self, currency_id):
        return self.env["res.currency"].browse(currency_id or ()).exists()

    @api.model
    def _get_currencies(self, company):
        """The currencies to choose from: id and name, the company's first."""
        active = self.env["res.currency"].search([("active", "=", True)])
        return [
            {"id": currency.id, "name": currency.name} for currency in company.currency_id | active
        ]

    @api.model
    def _convert(self, part, rate):
        """The same data with all amounts of money multiplied by a rate."""
        if isinstance(part, dict):
            return {
                key: round(float(value or 0) * rate, 2)
                if key in MONEY
                else self._convert(value, rate)
                for key, value in part.items()
            }
        if isinstance(part, list):
            return [self._convert(value, rate) for value in part]
        return part

    @api.model
    def _get_month_starts(self, date):
        """First days of the twelve months up to the one before ``date``, in order."""
        first = date.replace(day=1)
        return [first - relativedelta(months=back) for back in range(MONTHS, 0, -1)]

    # The records behind each number of the dashboard, by the conditions it was counted with.

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
            "help": Markup(
                '<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>'
            ) % (
                self.env._("Nothing is counted here"),
                self.env._("“%(figure)s” was zero on the day of the dashboard.", figure=name),
            ),
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
            self.env["account.move.line"]._get_chased_domain(),
            [("payment_id", "=", False), ("statement_line_id", "=", False)],
            [("account_id.account_type", "=", "asset_receivable")],
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
            self.env._("Effectiveness and DSO"),
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

    @api.model
    def _get_forecast_records(self, company, date, user, date_from=None, is_over=False):
        """The items' share in the weeks to come, or what was said of a week that is over."""
        own = Domain("company_id", "=", company.id)
        if date_from:
            own &= Domain("date_from", "=", fields.Date.to_date(date_from))
        if is_over:
            return "collection.cash.outlook", own & Domain("week", "=", 1), self.env._(
                "Expected and Received"
            )
        if user:
            own &= Domain("user_id", "=", user.id)
        return "collection.cash.week", own, self.env._("Cash Expected by Week")

    @api.model
    def _get_expected_late_records(self, company, date, user):
        domain = self._get_outlook_domain(company, user) & Domain("amount_late", ">", 0)
        return "collection.payment.outlook", domain, self.env._("Expected Late")
