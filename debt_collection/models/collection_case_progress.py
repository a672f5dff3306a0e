from odoo import api, fields, models
from odoo.fields import Domain


class CollectionCase(models.Model):
    """The figures above the worklist: how the day goes, for one collector or the team."""

    _inherit = "collection.case"

    @api.model
    @api.readonly
    def get_day_progress(self, team=False):
        """The figures of today, in the active company's currency.

        :param bool team: of all cases the user may see, not of the own ones only
        :return: dict of ``currency_id``, ``to_collect``, ``collected``, ``promises`` and
            ``steps``, for a team also of ``unassigned`` and ``risk``
        """
        self.check_access("read")
        today = self.env.company._get_collection_today()
        mine = Domain.TRUE if team else self._get_my_domain()
        in_companies = Domain("company_id", "in", self.env.companies.ids)
        cases = in_companies & mine & Domain("stage", "!=", "closed")
        # Colleagues' cash is for those who see all cases.
        whole = team and any(
            self.env.user.has_group(f"debt_collection.group_{role}")
            for role in ("manager", "finance")
        )
        progress = {
            "currency_id": self.env.company.currency_id.id,
            "to_collect": self._get_progress_sum(cases & self._get_today_domain(), today),
            "promises": self._get_progress_promises(cases, today),
            "steps": self._get_progress_steps(in_companies, team, today),
            "collected": {
                "amount": self._get_progress_cash(whole, today),
                "target": self._get_progress_target(whole, today),
            },
        }
        if team:
            progress["unassigned"] = self._get_progress_sum(
                cases & Domain("user_id", "=", False), today
            )
            progress["risk"] = self._get_progress_sum(cases & self._get_risk_domain(), today)
        return progress

    @api.model
    def _get_progress_sum(self, domain, today):
        """Number of cases, and what is to collect of them."""
        rows = self._read_group(domain, ["company_id"], ["__count", "amount_to_collect:sum"])
        return {
            "count": sum(count for _company, count, _amount in rows),
            "amount": self._add_up({company: amount for company, _n, amount in rows}, today),
        }

    @api.model
    def _get_progress_promises(self, cases, today):
        """Open promises of the cases that are to be kept by today."""
        rows = self.env["collection.promise"]._read_group(
            [("case_id", "any", cases), ("state", "=", "open"), ("date_promised", "<=", today)],
            ["company_id"],
            ["__count", "amount:sum"],
        )
        return {
            "count": sum(count for _company, count, _amount in rows),
            "amount": self._add_up({company: amount for company, _n, amount in rows}, today),
        }

    @api.model
    def _get_progress_steps(self, in_companies, team, today):
        """Steps to do by today, how many of them are late, and steps done today."""
        own = Domain.TRUE if team else Domain("user_id", "=", self.env.uid)
        steps = {"left": 0, "late": 0, "done": 0}
        due = Domain("state", "=", "planned") & Domain("date_deadline", "<=", today)
        done = Domain("state", "=", "done") & Domain("date_done", "=", today)
        for state, deadline, count in self.env["collection.case.step"]._read_group(
            in_companies & own & (due | done), ["state", "date_deadline:day"], ["__count"]
        ):
            if state == "done":
                steps["done"] += count
            else:
                steps["left"] += count
                steps["late"] += count if fields.Date.to_date(deadline) < today else 0
        return steps

    @api.model
    def _get_progress_cash(self, team, today):
        """Cash that came this month while the collector owned the case, or all of the team's."""
        start, stop = today.replace(day=1), fields.Date.add(today, days=1)
        holder = None if team else self.env.uid
        return self._add_up({
            company: self._get_cash_by_collector(company, start, stop).get(holder, 0)
            for company in self.env.companies
        }, today)

    @api.model
    def _get_progress_target(self, team, today):
        """The cash to collect this month, as the collection plan has it."""
        user = None if team else self.env.user
        return self._add_up({
            company: self.env["collection.target"]._get_amount(company, today, user)
            for company in self.env.companies
        }, today)

    @api.model
    def _add_up(self, amounts, today):
        """Amounts by company, in the active company's currency."""
        company = self.env.company
        return sum(
            other.currency_id._convert(amount or 0, company.currency_id, company, today)
            for other, amount in amounts.items()
        )
