from collections import defaultdict, namedtuple
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import grading, indicators
from .collection_assessment_line import AMOUNTS
from .collection_target import INDICATORS

TargetValue = namedtuple("TargetValue", "value weight direction")
NO_FIGURE = (Decimal(0), Decimal(0))
RATES = (
    "recovery_opening", "recovery_net", "promise_count", "promise_value", "right_party",
    "recorded_late",
)


class CollectionAssessment(models.Model):
    """A month's assessments of all collectors, in a fixed number of statements (P5.2)."""

    _inherit = "collection.assessment"

    @api.model
    def _generate(self, month, companies=None):
        """Make or renew the drafts of a month: one per collector, and the team's.

        Running it again gives the same; what was confirmed stays as it is.

        :param month: any day of the month, as date or string
        :param companies: the companies; the user's active ones when not given
        :return: the month's assessments
        """
        if isinstance(month, str) and len(month) == 7:
            month += "-01"
        month = fields.Date.to_date(month).replace(day=1)
        result = self.browse()
        for company in self.env.companies if companies is None else companies:
            # Figures are those of all customers, whichever of them the user may see.
            result |= self.sudo()._generate_company(company, month).sudo(self.env.su)
        return result

    def _generate_company(self, company, month):
        self = company._in_collection_language(self)
        # One run for a company and month at a time: the second waits, and finds the drafts.
        key = f"{self._name}{month}"
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", key, company.id))
        self.env.flush_all()
        self._collect_rows(company, month)
        figures = self._sum_rows()
        days = self._get_days_assigned(company, month)
        expected = self._get_expected_recovery(company, month)
        corrected = {user_id for user_id, kind in figures if kind.startswith("correction_")}
        assessments, kept = self._get_drafts(company, month, (corrected | set(days)) - {None})
        targets = self.env["collection.target"]._get_all_for(company, month)
        vals_list = []
        for assessment in assessments:
            user_id = assessment.user_id.id or None
            own = {kind: sums for (holder, kind), sums in figures.items() if holder == user_id}
            vals_list += assessment._prepare_lines(
                own,
                kept.get(assessment.id) or {
                    kind: targets.get((assessment.user_id.id, kind)) or targets.get((False, kind))
                    for kind, _label in INDICATORS
                },
                days.get(user_id, 0),
                expected.get(user_id),
            )
        self.flush_model()
        self._insert_lines(vals_list)
        self._freeze_rows(company, assessments)
        return self.search([("company_id", "=", company.id), ("month", "=", month)])

    def _get_drafts(self, company, month, user_ids):
        """Empty drafts of the month: new ones, and those there were, without their lines.

        :return: the drafts, and by the id of those that were confirmed once, the targets that
            were frozen with them, by kind
        """
        existing = self.search([("company_id", "=", company.id), ("month", "=", month)])
        missing = user_ids - set(existing.user_id.ids)
        if not existing.filtered("is_team"):
            missing.add(None)
        drafts = existing.filtered(lambda assessment: assessment.state == "draft")
        kept = {
            draft.id: {
                line.kind: TargetValue(line.target, line.weight, line.direction)
                for line in draft.indicator_ids if line.has_target
            }
            for draft in drafts if draft.date_confirmed
        }
        if drafts:
            self.env.cr.execute(SQL(
                "DELETE FROM collection_assessment_line WHERE assessment_id = ANY(%s)", drafts.ids
            ))
            self.env.invalidate_all()
        return drafts | self.create([
            {"company_id": company.id, "month": month, "user_id": user_id}
            for user_id in sorted(missing, key=lambda user_id: user_id or 0)
        ]), kept

    def _add_rates(self, figures):
        """Put the parts of recovery, bad debts and cash per hour in place, in ``figures``.

        What is corrected was overdue before: this month goes on from what was frozen.
        """
        corrected_cash = figures["correction_recovery"][0]
        corrected = corrected_cash + figures["correction_bad_debt"][0]

        def corrected_figure(kind):
            part, whole = figures[kind]
            return part + corrected_cash, whole + corrected

        month_cash = figures["recovery"][0]
        cash, overdue = corrected_figure("recovery")
        rates = {
            "all": (cash, overdue),
            "opening": corrected_figure("recovery_opening"),
            "net": (cash, overdue - figures["credit_note"][0]),
        }
        figures["recovery_opening"], figures["recovery_net"] = rates["opening"], rates["net"]
        figures["recovery"] = rates[self.company_id.collection_recovery_method or "all"]
        loss = figures["bad_debt"][0] + figures["correction_bad_debt"][0]
        figures["bad_debt"] = (loss, overdue)
        figures["cash_per_hour"] = (month_cash, figures["cash_per_hour"][1])

    def _prepare_lines(self, figures, targets, days, expected):
        """Set grade and score of one draft and return the values of its lines."""
        self.ensure_one()
        figures = defaultdict(lambda: NO_FIGURE, figures)
        corrected_loss = figures["correction_bad_debt"][0]
        self._add_rates(figures)
        method = self.company_id.collection_recovery_method or "all"
        lines, measured = [], []
        for kind, _label in INDICATORS:
            part, whole = figures[kind]
            value = indicators.rate(part, whole)
            target = targets.get(kind)
            line = self._prepare_figure(
                kind, "percent", part, whole, value,
                is_indicator=True,
                method=method if kind == "recovery" else None,
                low_sample=kind == "satisfaction" and 0 < whole < indicators.LOW_SAMPLE,
            )
            if target:
                indicator = grading.Indicator(
                    value, Decimal(str(target.value)), Decimal(str(target.weight)),
                    target.direction == "lower",
                )
                measured.append(indicator)
                line |= {
                    "has_target": True,
                    "target": target.value,
                    "weight": target.weight,
                    "direction": target.direction,
                    "is_met": value is not None and grading.is_met(indicator),
                }
            lines.append(line)
        for kind in RATES:
            lines.append(self._prepare_figure(
                kind, "percent", *figures[kind], indicators.rate(*figures[kind])
            ))
        lines.append(self._prepare_figure(
            "cash_per_hour", "amount", *figures["cash_per_hour"],
            indicators.per_hour(*figures["cash_per_hour"]),
        ))
        lines += [
            self._prepare_figure(kind, "amount", figures[kind][0], 0, figures[kind][0])
            for kind in sorted(AMOUNTS) if figures[kind][0] or kind == "credit_note"
        ]
        if self.is_team:
            noncash = figures["credit_note"][0] + figures["bad_debt"][0] - corrected_loss
            lines += self._get_ledger_figures(
                self.company_id, self.month, self.month + relativedelta(months=1), noncash
            )
        score = grading.score(measured)
        with_data = [indicator for indicator in measured if indicator.actual is not None]
        # The team's days are those of its company.
        days = grading.FEW_DAYS if self.is_team else days
        self.write({
            "grade": grading.grade(measured, days),
            "is_provisional": grading.is_provisional(measured, days),
            "score": float(score or 0),
            "met_count": sum(map(grading.is_met, with_data)),
            "measured_count": len(with_data),
            "days_assigned": days,
            "expected_recovery": float(expected or 0),
            "has_expected_recovery": expected is not None,
        })
        return [
            {"assessment_id": self.id, "sequence": number, **line}
            for number, line in enumerate(lines)
        ]
