from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, models
from odoo.fields import Domain

REACHED = ("reached", "promised", "disputed", "refused")


class CollectionProgressReport(models.Model):
    """How the figures of a report are found: a fixed number of statements for a company."""

    _inherit = "collection.progress.report"

    @api.model
    def _prepare_report_vals(self, company, kind, start, end, today):
        figures = self._get_figures(company, start, end)
        stop, month = end + timedelta(days=1), end.replace(day=1)
        cases = self.env["collection.case"]
        cash = cases._get_cash_by_collector(company, start, stop)
        for user_id, amount in cash.items():
            # What came while nobody owned the case is on the line without a collector.
            if user_id is not None:
                figures[self.env["res.users"].browse(user_id or ())]["amount_collected"] = amount
        totals = Counter()
        for values in figures.values():
            totals.update(values)
        tiers = self._prepare_tier_vals(company, start, end)
        return {
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "kind": kind,
            "date_from": start,
            "date_to": end,
            "date_generated": today,
            "manager_ids": [Command.set(self._get_managers(company).ids)],
            **totals,
            "amount_collected_month": cases._get_cash_by_collector(company, month, stop)[None],
            "amount_target": self.env["collection.target"]._get_amount(company, end),
            "amount_overdue_start": sum(tier["amount_start"] for tier in tiers),
            "amount_overdue_end": sum(tier["amount_end"] for tier in tiers),
            "tier_ids": [Command.create(tier) for tier in tiers],
            "line_ids": [
                Command.create({"user_id": user.id, **values})
                for user, values in figures.items()
                if any(values.values())
            ],
        }

    @api.model
    def _get_figures(self, company, start, end):
        """Counts by collector and figure; cases count for their collector, the rest for its
        author.
        """
        figures = defaultdict(Counter)
        own = Domain("company_id", "=", company.id)

        def within(field, first=start, last=end):
            return Domain(field, ">=", first) & Domain(field, "<=", last)

        def count(name, model, domain):
            for user, number in self.env[model]._read_group(
                own & domain, ["user_id"], ["__count"]
            ):
                figures[user][name] += number

        still_open = Domain("date_closed", "=", False) | Domain("date_closed", ">", end)
        moments = [self._get_moment(company, day) for day in (start, end + timedelta(days=1))]
        contacts = Domain("state", "=", "confirmed") & Domain("corrects_id", "=", False) & (
            Domain("date", ">=", moments[0]) & Domain("date", "<", moments[1])
        )
        steps = Domain("state", "in", ("planned", "done"))
        for name, model, domain in (
            ("case_opened_count", "collection.case", within("date_open")),
            ("case_closed_count", "collection.case", within("date_closed")),
            ("case_open_count", "collection.case", Domain("date_open", "<=", end) & still_open),
            ("contact_count", "collection.activity", contacts),
            ("reached_count", "collection.activity",
             contacts & Domain("outcome", "in", REACHED)),
            ("promise_made_count", "collection.promise", within("date_made")),
            ("promise_kept_count", "collection.promise",
             within("date_promised") & Domain("state", "=", "kept")),
            ("promise_broken_count", "collection.promise",
             within("date_promised") & Domain("state", "in", ("partial", "broken"))),
            ("step_done_count", "collection.case.step",
             within("date_done") & Domain("state", "=", "done")),
        ):
            count(name, model, domain)
        for user, deadline, done, number in self.env["collection.case.step"]._read_group(
            own & steps & within("date_deadline"),
            ["user_id", "date_deadline:day", "date_done:day"], ["__count"],
        ):
            if not done or done > deadline:
                figures[user]["step_late_count"] += number
        return figures

    @api.model
    def _get_moment(self, company, day):
        """The first moment of a company's day, in UTC."""
        zone = pytz.timezone(company._get_collection_tz())
        start = zone.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _prepare_tier_vals(self, company, start, end):
        """What was overdue, by tier, at the end of the day before the period and of its last."""
        lines = self.env["account.move.line"]
        sums, counts = defaultdict(Counter), Counter()
        for name, day in (("amount_start", start - timedelta(days=1)), ("amount_end", end)):
            for item in lines._get_collection_ageing(day, company):
                if item["tier_code"]:
                    sums[item["tier_code"]][name] += item["residual"]
                    counts[item["tier_code"]] += name == "amount_end"
        return [
            {
                "tier_code": tier.code,
                "tier_name": tier.name,
                "amount_start": sums[tier.code]["amount_start"],
                "amount_end": sums[tier.code]["amount_end"],
                "item_count_end": counts[tier.code],
            }
            for tier in self.env["collection.tier"]._get_ladder(company)
        ]
