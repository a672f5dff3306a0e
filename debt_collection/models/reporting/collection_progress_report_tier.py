from odoo import fields, models


class CollectionProgressReportTier(models.Model):
    """What was overdue in a tier at both ends of the period of a report."""

    _name = "collection.progress.report.tier"
    _description = "Tier in a Progress Report"
    _inherit = "collection.mixin"
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

