from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

LIMITATION_DAYS = 90
SILENT_DAYS = 14
BROKEN_PROMISES = 2


class CollectionCase(models.Model):
    """Which cases the manager looks at first, and why (P2.1)."""

    _inherit = "collection.case"

    is_at_risk = fields.Boolean("At Risk", compute="_compute_risk", search="_search_is_at_risk")
    risk_reason = fields.Char("Why at Risk", compute="_compute_risk")
    is_promise_breaker = fields.Boolean(
        "Two Broken Promises", compute="_compute_risk", search="_search_is_promise_breaker"
    )
    late_step_count = fields.Integer("Late Steps", compute="_compute_late_step_count")

    @api.model
    def _get_limitation_risk_domain(self):
        return Domain("limitation_date", "<=", f"today +{LIMITATION_DAYS}d")

    @api.model
    def _get_silence_risk_domain(self):
        """No contact for a while: of a case that was opened so long ago at least."""
        return Domain("date_open", "<=", f"today -{SILENT_DAYS}d") & (
            Domain("date_last_contact", "=", False)
            | Domain("date_last_contact", "<", f"today -{SILENT_DAYS}d")
        )

    @api.model
    def _get_overdue_promise_domain(self):
        return Domain(
            "promise_ids", "any", [("state", "=", "open"), ("date_promised", "<", "today")]
        )

    @api.model
    def _get_broken_promise_domain(self):
        rows = self.env["collection.promise"]._read_group(
            [("case_id.stage", "!=", "closed"), ("state", "in", ("partial", "broken"))],
            ["case_id"],
            having=[("__count", ">=", BROKEN_PROMISES)],
        )
        return Domain("id", "in", [case.id for (case,) in rows])

    @api.model
    def _get_risk_domain(self):
        return Domain("stage", "!=", "closed") & Domain.OR([
            self._get_limitation_risk_domain(),
            self._get_silence_risk_domain(),
            self._get_overdue_promise_domain(),
            self._get_broken_promise_domain(),
        ])

    @api.model
    def _search_is_at_risk(self, operator, value):
        return self._get_risk_domain() if operator == "in" and True in value else NotImplemented

    @api.model
    def _search_is_promise_breaker(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        return self._get_broken_promise_domain()

    @api.depends("stage", "limitation_date", "date_last_contact", "promise_ids.state")
    @api.depends_context("lang")
    def _compute_risk(self):
        worked = self.filtered(lambda case: case.stage != "closed")
        limitation = worked.filtered_domain(self._get_limitation_risk_domain())
        silent = worked.filtered_domain(self._get_silence_risk_domain())
        overdue = worked.filtered_domain(self._get_overdue_promise_domain())
        for case in self:
            reasons = []
            if case in limitation:
                reasons.append(self.env._(
                    "limitation on %(date)s", date=format_date(self.env, case.limitation_date)
                ))
            if case in silent:
                reasons.append(self.env._("no contact for %(days)s days", days=SILENT_DAYS))
            if case in overdue:
                reasons.append(self.env._("promise overdue"))
            broken = case.promise_ids.filtered(lambda p: p.state in ("partial", "broken"))
            case.is_promise_breaker = case in worked and len(broken) >= BROKEN_PROMISES
            if case.is_promise_breaker:
                reasons.append(self.env._("%(count)s broken promises", count=len(broken)))
            case.is_at_risk = bool(reasons)
            case.risk_reason = ", ".join(reasons)

    @api.depends("case_step_ids.state", "case_step_ids.date_deadline")
    def _compute_late_step_count(self):
        """Planned steps whose deadline is over; one statement for all cases."""
        counts = dict(self.env["collection.case.step"]._read_group(
            [("case_id", "in", self.ids), ("state", "=", "planned"),
             ("date_deadline", "<", "today")],
            ["case_id"],
            ["__count"],
        ))
        for case in self:
            case.late_step_count = counts.get(case, 0)
