from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .collection_overdue_list import CHATTER_FIELDS

# The manager's own words; all else is frozen.
KEPT_OPEN = {*CHATTER_FIELDS, "note"}


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
    contact_count = fields.Integer("Contacts", readonly=True)
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


class CollectionProgressReportLine(models.Model):
    """What one collector did in the period of a report."""

    _name = "collection.progress.report.line"
    _inherit = ["collection.mixin"]
    _description = "Collector in a Progress Report"
    _order = "report_id, amount_collected desc, id"

    report_id = fields.Many2one(
        "collection.progress.report", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="report_id.currency_id")
    date_to = fields.Date(related="report_id.date_to", store=True)
    kind = fields.Selection(related="report_id.kind", store=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    amount_collected = fields.Monetary("Collected", readonly=True)
    case_opened_count = fields.Integer("Cases Opened", readonly=True)
    case_closed_count = fields.Integer("Cases Closed", readonly=True)
    case_open_count = fields.Integer("Cases Open at the End", readonly=True)
    contact_count = fields.Integer("Contacts", readonly=True)
    reached_count = fields.Integer("Customers Reached", readonly=True)
    promise_made_count = fields.Integer("Promises Made", readonly=True)
    promise_kept_count = fields.Integer("Promises Kept", readonly=True)
    promise_broken_count = fields.Integer("Promises Broken", readonly=True)
    step_done_count = fields.Integer("Steps Done", readonly=True)
    step_late_count = fields.Integer("Steps Late", readonly=True)


class CollectionProgressReportTier(models.Model):
    """What was overdue in a tier at both ends of the period of a report."""

    _name = "collection.progress.report.tier"
    _inherit = ["collection.mixin"]
    _description = "Tier in a Progress Report"
    _order = "report_id, id"

    report_id = fields.Many2one(
        "collection.progress.report", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    currency_id = fields.Many2one(related="report_id.currency_id")
    tier_code = fields.Char(readonly=True)
    tier_name = fields.Char("Tier", readonly=True)
    amount_start = fields.Monetary("At the Start", readonly=True)
    amount_end = fields.Monetary("At the End", readonly=True)
    item_count_end = fields.Integer("Items at the End", readonly=True)
