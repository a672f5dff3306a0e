from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.periods import last_month, last_week
from .collection_overdue_list import CHATTER_FIELDS

# The manager's own words; all else is frozen.
KEPT_OPEN = {*CHATTER_FIELDS, "note"}
REACHED = ("reached", "promised", "disputed", "refused")


class CollectionProgressReport(models.Model):
    """How collection went in a week or month, with the figures of its end (P2.1, P2.2).

    Made by the job when the period is over, once for each company; its figures never change
    afterwards. Amounts are in the company's currency, dates are inclusive.
    """

    _name = "collection.progress.report"
    _description = "Collection Progress Report"
    _inherit = ["collection.mixin", "mail.thread"]
    _order = "date_to desc, kind, company_id, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    kind = fields.Selection(
        [("week", "Week"), ("month", "Month")], required=True, readonly=True, default="week"
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True, index=True)
    date_generated = fields.Date("Made On", readonly=True)
    manager_ids = fields.Many2many(
        "res.users", "collection_progress_report_manager_rel", string="Sent To", readonly=True
    )
    superior_ids = fields.Many2many(
        "res.partner", "collection_progress_report_superior_rel", string="Also Sent To",
        readonly=True, help="Superiors who get it by e-mail without using Collections.",
    )
    amount_collected = fields.Monetary("Collected", readonly=True)
    amount_collected_month = fields.Monetary(
        "Collected This Month", readonly=True,
        help="From the first of the month in which the period ends.",
    )
    amount_target = fields.Monetary("Target of the Month", readonly=True)
    amount_overdue_start = fields.Monetary("Overdue at the Start", readonly=True)
    amount_overdue_end = fields.Monetary("Overdue at the End", readonly=True)
    case_opened_count = fields.Integer("Cases Opened", readonly=True)
    case_closed_count = fields.Integer("Cases Closed", readonly=True)
    case_open_count = fields.Integer("Cases Open at the End", readonly=True)
    contact_count = fields.Integer("Activities", readonly=True)
    reached_count = fields.Integer("Customers Reached", readonly=True)
    promise_made_count = fields.Integer("Promises Made", readonly=True)
    promise_kept_count = fields.Integer("Promises Kept", readonly=True)
    promise_broken_count = fields.Integer("Promises Broken", readonly=True)
    step_done_count = fields.Integer("Steps Done", readonly=True)
    step_late_count = fields.Integer("Steps Late", readonly=True)
    line_ids = fields.One2many(
        "collection.progress.report.line", "report_id", "Collectors", readonly=True
    )
    tier_ids = fields.One2many(
        "collection.progress.report.tier", "report_id", "Tiers", readonly=True
    )
    note = fields.Text("Manager's Comment")
    _once = models.UniqueIndex(
        "(company_id, kind, date_from)", "There is one report for each period of a company."
    )
    _people_write = {"*": {"note"}}

    @api.depends("kind", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "%(start)s – %(end)s",
                start=format_date(self.env, report.date_from),
                end=format_date(self.env, report.date_to),
            )

    def write(self, vals):
        if not vals.keys() <= KEPT_OPEN:
            raise UserError(
                self.env._("The figures of a progress report are those of its day and are kept.")
            )
        return super().write(vals)

    # When reports are made, and to whom they go: once for each period of a company.

    @api.model
    def _cron_generate(self):
        """Make and send the reports of the week and month that are over, in every company."""
        self.env["res.company"]._run_collection_job(
            lambda company: company._in_collection_language(self)._generate(
                company, company._get_collection_today()
            ),
            "the progress report",
        )

    @api.model
    def _generate(self, company, today, kinds=("week", "month")):
        """The reports of the last periods that are over on a day; those there are stay.

        A company that never had a case gets none.

        :return: the reports that were made, and sent to the managers
        """
        # The job reports on everybody's cases.
        reports_sudo = self.sudo().with_company(company).browse()
        if not reports_sudo.env["collection.case"].search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            return reports_sudo
        for kind in kinds:
            start, end = (last_week if kind == "week" else last_month)(today)
            if not reports_sudo.search_count([
                ("company_id", "=", company.id), ("kind", "=", kind), ("date_from", "=", start),
            ], limit=1):
                reports_sudo |= reports_sudo.create(
                    reports_sudo._prepare_report_vals(company, kind, start, end, today)
                )
        reports_sudo._send()
        return reports_sudo

    @api.model
    def _get_managers(self, company):
        """Who gets the reports: the managers named in policies, else all of the company's."""
        named = self.env["collection.policy"].search(
            [("company_id", "=", company.id)]
        ).manager_id.filtered("active")
        group = self.env.ref("debt_collection.group_manager")
        return named or group.all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    def _send(self):
        """Queue the mail of each new report; it is committed with the report, so goes once."""
        template = self.env.ref(
            "debt_collection.mail_template_progress_report", raise_if_not_found=False
        )
        for report in self:
            if template and report._get_recipients():
                template.send_mail(report.id, force_send=False)

    def _get_recipients(self):
        """Who gets the report by e-mail: its managers, and the superiors that were named."""
        self.ensure_one()
        return (self.manager_ids.partner_id | self.superior_ids).filtered("email")

    @api.model
    def action_make_last(self):
        """Make the reports of the last week and month now, where the job has not yet."""
        self.check_access("write")
        for company in self.env.companies:
            self._generate(company, company._get_collection_today())
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_progress_report_action"
        )

    # How the figures of a report are found: a fixed number of statements for a company.

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
            # Named in the settings, whoever may read their records.
            "superior_ids": [Command.set(company.sudo().collection_superior_ids.ids)],
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
        # What a manager judged by hand is told apart, in the list of promises.
        by_payments = within("date_promised") & Domain("judged_by_id", "=", False)
        for name, model, domain in (
            ("case_opened_count", "collection.case", within("date_open")),
            ("case_closed_count", "collection.case", within("date_closed")),
            ("case_open_count", "collection.case", Domain("date_open", "<=", end) & still_open),
            ("contact_count", "collection.activity", contacts),
            ("reached_count", "collection.activity",
             contacts & Domain("outcome", "in", REACHED)),
            ("promise_made_count", "collection.promise", within("date_made")),
            ("promise_kept_count", "collection.promise",
             by_payments & Domain("state", "=", "kept")),
            ("promise_broken_count", "collection.promise",
             by_payments & Domain("state", "in", ("partial", "broken"))),
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

