from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

MONTHS = 12
TOP = 10


class CollectionDashboard(models.AbstractModel):
    """The manager's view of the receivables, and a collector's own small one (P2.1).

    Figures of the active company on a day, in its currency or another. They come from
    aggregates, month ends and confirmed assessments: a fixed number of statements, whatever
    the size of the ledger. Nothing is written.
    """

    _name = "collection.dashboard"
    _description = "Collection Dashboard"

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
                if key in ("amount", "target", "promised", "collected_amount")
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
