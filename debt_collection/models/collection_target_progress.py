from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class CollectionTarget(models.Model):
    """The collection plan at work: what came in so far, and what the rest of the month needs.

    Cash on overdue items by who owned the case on its day (P2.1), worked out when it is looked
    at: one statement for a company and month, whatever the number of collectors.
    """

    _inherit = "collection.target"

    amount_done = fields.Monetary("Collected", compute="_compute_progress")
    progress = fields.Float("Progress (%)", compute="_compute_progress", digits=(16, 2))
    days_left = fields.Integer("Working Days Left", compute="_compute_progress")
    amount_run_rate = fields.Monetary(
        "At This Pace", compute="_compute_progress",
        help="What the month will bring if every working day is like those so far.",
    )
    amount_per_day = fields.Monetary(
        "Needed per Day", compute="_compute_progress",
        help="What each working day left, today included, has to bring.",
    )

    @api.depends("kind", "month", "user_id", "value", "company_id")
    def _compute_progress(self):
        plan = self.filtered(lambda target: target.kind == "amount" and target.month)
        (self - plan).update({
            "amount_done": 0, "progress": 0, "days_left": 0, "amount_run_rate": 0,
            "amount_per_day": 0,
        })
        for (company, month), targets in plan.grouped(
            lambda target: (target.company_id, target.month)
        ).items():
            today = company._get_collection_today()
            stop = month + relativedelta(months=1)
            days = company._get_collection_working_days(month, fields.Date.add(stop, days=-1))
            gone = sum(day < today for day in days)
            left = len(days) - gone
            # A collector sees the progress of own targets, not the ledger behind it.
            cash = self.env["collection.case"]._get_cash_by_collector(company, month, stop)
            for target in targets:
                done = cash.get(target.user_id.id or None, 0)
                missing = max(target.value - done, 0)
                target.amount_done = done
                target.progress = done * 100 / target.value if target.value else 0
                target.days_left = left
                # Today counts as gone once it brought something: nobody is told half a day's pace.
                target.amount_run_rate = done * len(days) / gone if gone else done
                target.amount_per_day = missing / left if left else missing
