from odoo import fields, models


class CollectionProgressReportLine(models.Model):
    """What one collector did in the period of a report."""

    _name = "collection.progress.report.line"
    _description = "Collector in a Progress Report"
    _inherit = "collection.mixin"
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
    contact_count = fields.Integer("Activities", readonly=True)
    reached_count = fields.Integer("Customers Reached", readonly=True)
    promise_made_count = fields.Integer("Promises Made", readonly=True)
    promise_kept_count = fields.Integer("Promises Kept", readonly=True)
    promise_broken_count = fields.Integer("Promises Broken", readonly=True)
    step_done_count = fields.Integer("Steps Done", readonly=True)
    step_late_count = fields.Integer("Steps Late", readonly=True)

