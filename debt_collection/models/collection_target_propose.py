from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError

from .collection_target import INDICATORS

USUAL = {"recovery": 50, "bad_debt": 5, "timeliness": 90, "satisfaction": 80}
"""Per cent, where a company has no figures of its own yet."""
HISTORY = 3
"""Months whose average is proposed."""


class CollectionTarget(models.Model):
    """Targets to begin with, from what the company reached so far; people change them (P2.1)."""

    _inherit = "collection.target"

    def action_propose(self):
        """Propose what is missing for this month, in the active companies.

        An indicator gets the average of the team's last three months, else what is usual. A
        collector gets the share of the open cases' overdue amounts that the recovery target
        says; nobody proposes for themselves. What is there stays as it is.

        :raises AccessError: unless a collection manager asks
        """
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager sets targets."))
        proposed = self.browse()
        for company in self.env.companies:
            month = company._get_collection_today().replace(day=1)
            proposed |= self._propose_indicators(company, month)
            proposed |= self._propose_plan(company, month)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_target_action"
        )
        action["name"] = self.env._("Proposed Targets")
        action["domain"] = [("id", "in", proposed.ids)]
        return action

    @api.model
    def _propose_indicators(self, company, month):
        values = USUAL | self._get_reached(company, month)
        return self.create([
            {"company_id": company.id, "month": month, "kind": kind, "value": values[kind]}
            for kind, _label in INDICATORS
            if not self._get_for(self.env["res.users"], company, month, kind)
        ])

    @api.model
    def _get_reached(self, company, month):
        """By indicator, the average that the team reached in the months before, whole per cent."""
        return {
            kind: round(value)
            for kind, value in self.env["collection.assessment.line"]._read_group(
                [
                    ("company_id", "=", company.id), ("user_id", "=", False),
                    ("is_indicator", "=", True), ("has_data", "=", True),
                    ("month", "<", month), ("month", ">=", month - relativedelta(months=HISTORY)),
                ],
                ["kind"], ["value:avg"],
            )
        }

    @api.model
    def _propose_plan(self, company, month):
        planned = self.search([
            ("company_id", "=", company.id), ("kind", "=", "amount"), ("month", "=", month),
        ]).user_id
        share = self._get_for(self.env["res.users"], company, month, "recovery").value / 100
        return self.create([
            {
                "company_id": company.id, "month": month, "kind": "amount", "user_id": user.id,
                "value": round(amount * share),
            }
            for user, amount in self.env["collection.case"]._read_group(
                [
                    ("company_id", "=", company.id), ("stage", "!=", "closed"),
                    ("user_id", "not in", [False, *(planned | self.env.user).ids]),
                ],
                ["user_id"], ["amount_overdue:sum"],
            )
            if round(amount * share) > 0
        ])
