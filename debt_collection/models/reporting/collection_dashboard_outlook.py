from odoo import api, fields, models
from odoo.fields import Domain

PAST_WEEKS = 13
SOON = 4


class CollectionDashboardOutlook(models.AbstractModel):
    """The cash of the weeks to come with its band, and how the band held so far."""

    _name = "collection.dashboard.outlook"
    _description = "Expected Cash on the Dashboard"

    @api.model
    def _get_forecast(self, company, user):
        """What is expected, week by week; managers also see what was said and came.

        :return: dict of ``weeks``, each ``date_from amount low high`` and ``came`` where it is
            over; ``amount`` of the next four; ``late``: the amount and share of what is open
            that is expected late; ``method``, the rule shown; and the number of weeks
            ``marked`` and of those ``inside`` their band
        """
        weeks = self.env["collection.cash.week"]
        domain = Domain("company_id", "=", company.id)
        if user:
            domain &= Domain("user_id", "=", user.id)
        coming = [
            {"date_from": fields.Date.to_string(day), "amount": expected, "low": low, "high": high}
            for day, expected, low, high in weeks._read_group(
                domain, ["date_from:day"], ["expected:sum", "low:sum", "high:sum"],
                order="date_from:day",
            )
        ]
        past = self._get_marked(company) if not user else []
        (amount, late), = self.env["collection.payment.outlook"]._read_group(
            self._get_outlook_domain(company, user), [], ["amount:sum", "amount_late:sum"]
        )
        return {
            "weeks": past + coming,
            "amount": sum(week["amount"] for week in coming[:SOON]),
            "late": {"amount": late or 0, "share": self._get_share(late or 0, amount or 0)},
            "method": weeks.search(domain, limit=1).method or "outlook",
            "marked": len(past),
            "inside": sum(week["low"] <= week["came"] <= week["high"] for week in past),
        }

    @api.model
    def _get_outlook_domain(self, company, user):
        domain = Domain("company_id", "=", company.id)
        return domain & Domain("user_id", "=", user.id) if user else domain

    @api.model
    def _get_marked(self, company):
        """The last weeks that are over, as they were said a week ahead."""
        said = self.env["collection.cash.outlook"].search(
            [("company_id", "=", company.id), ("week", "=", 1), ("is_over", "=", True)],
            order="date_from desc", limit=PAST_WEEKS,
        )
        return [
            {
                "date_from": fields.Date.to_string(week.date_from), "amount": week.expected,
                "low": week.low, "high": week.high, "came": week.came,
            }
            for week in said.sorted("date_from")
        ]
