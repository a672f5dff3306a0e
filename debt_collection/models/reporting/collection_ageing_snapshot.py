from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

MAX_CATCH_UP = 24
"""Months that are frozen at most when some were missed."""


class CollectionAgeingSnapshot(models.Model):
    """The ageing at the end of a month, kept: by tier, collector and customer.

    Frozen once from the ledger of the month's last day and never written again, so that a
    trend shows what people saw at the time.
    """

    _name = "collection.ageing.snapshot"
    _description = "Ageing at Month End"
    _inherit = "collection.mixin"
    _order = "month desc, company_id, amount desc, id"
    _rec_name = "month"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    date = fields.Date("As Of", required=True, readonly=True)
    tier_id = fields.Many2one("collection.tier", readonly=True, ondelete="set null")
    tier_code = fields.Char(readonly=True, help="Empty: not overdue, or a credit.")
    tier_name = fields.Char("Tier as Named Then", readonly=True)
    kind = fields.Selection(
        [("overdue", "Overdue"), ("current", "Not Overdue"), ("credit", "Credit")],
        "Status", readonly=True,
    )
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    amount = fields.Monetary("Open", readonly=True)
    amount_overdue = fields.Monetary("Overdue Amount", readonly=True)
    item_count = fields.Integer("Items", readonly=True)
    days_overdue = fields.Integer("Most Days Overdue", readonly=True, aggregator="max")
    _month_index = models.Index("(company_id, month)")

    @api.model
    def _cron_freeze(self):
        """Freeze the months that have ended in every company; missed ones are caught up."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._freeze_missing(company, company._get_collection_today()),
            "the ageing at month end",
        )

    @api.model
    def _freeze_missing(self, company, today):
        """Freeze the month before ``today`` and those missed since the latest frozen one."""
        last = today.replace(day=1) - relativedelta(months=1)
        # The job's own records, whoever runs it.
        latest = self.sudo().search(
            [("company_id", "=", company.id)], order="month desc", limit=1
        ).month
        first = max(
            latest + relativedelta(months=1) if latest else last,
            last - relativedelta(months=MAX_CATCH_UP - 1),
        )
        self._freeze_months(company, first, last)

    @api.model
    def _freeze_months(self, company, first, last):
        """Freeze each month from one to another, inclusive, that is not frozen yet."""
        month = first
        while month <= last:
            self._freeze(company, month)
            month += relativedelta(months=1)

    @api.model
    def action_freeze_past(self):
        """Freeze the last twelve months of the active companies from the ledger as it is now."""
        if not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager freezes past months."))
        for company in self.env.companies:
            last = company._get_collection_today().replace(day=1) - relativedelta(months=1)
            self._freeze_months(company, last - relativedelta(months=11), last)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.collection_ageing_snapshot_action"
        )

    @api.model
    def _freeze(self, company, month):
        """Keep a month's ageing and roll rates, the latter also of months frozen before."""
        self._freeze_ageing(company, month)
        self.env["collection.roll.rate"]._freeze(company, month)

    @api.model
    def _freeze_ageing(self, company, month):
        """Keep the ageing of a month's last day, in one statement.

        A month that is frozen already stays as it is; of two that freeze it at once the second
        waits and finds it done.

        :param date month: first day of a month that has ended
        """
        lines = self.env["account.move.line"]
        as_of = month + relativedelta(day=31)
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", self._table, company.id)
        )
        if self.sudo().search_count(
            [("company_id", "=", company.id), ("month", "=", month)], limit=1
        ):
            return
        for name in ("account.move.line", "account.move", "account.partial.reconcile",
                     "account.account", "res.partner", "collection.case", "collection.tier"):
            self.env[name].flush_model()
        self.env.cr.execute(SQL(
            """
            INSERT INTO collection_ageing_snapshot
                   (company_id, currency_id, month, date, tier_id, tier_code, tier_name, kind,
                    user_id, partner_id, amount, amount_overdue, item_count, days_overdue,
                    create_uid, create_date, write_uid, write_date)
            SELECT item.company_id, %(currency)s, %(month)s, %(as_of)s, ladder.tier_id,
                   item.tier_code, tier.name->>'en_US', status.kind,
                   collector.user_id, item.partner_id, SUM(item.residual),
                   COALESCE(SUM(item.residual) FILTER (WHERE status.kind = 'overdue'), 0),
                   COUNT(*), MAX(CASE WHEN item.residual > 0 THEN item.days_overdue ELSE 0 END),
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (%(ageing)s) item
         LEFT JOIN (%(ladder)s) ladder (company_id, tier_id, code, day_from, day_to)
                ON ladder.code = item.tier_code
         LEFT JOIN collection_tier tier ON tier.id = ladder.tier_id
         LEFT JOIN res_partner customer ON customer.id = item.partner_id
         LEFT JOIN LATERAL (
            SELECT cases.user_id FROM collection_case cases
             WHERE cases.partner_id = item.partner_id AND cases.company_id = item.company_id
               AND cases.date_open <= %(as_of)s
               AND (cases.date_closed IS NULL OR cases.date_closed > %(as_of)s)
          ORDER BY cases.id DESC LIMIT 1) worked ON true
        CROSS JOIN LATERAL (
            SELECT COALESCE(worked.user_id,
                            (customer.collector_id->>item.company_id::text)::int) AS user_id
                   ) collector
        CROSS JOIN LATERAL (
            SELECT CASE WHEN item.residual < 0 THEN 'credit'
                        WHEN item.tier_code IS NULL THEN 'current'
                        ELSE 'overdue' END AS kind) status
             WHERE item.residual != 0
          GROUP BY item.company_id, ladder.tier_id, item.tier_code, tier.name->>'en_US',
                   status.kind, collector.user_id, item.partner_id
            """,
            currency=company.currency_id.id,
            month=month,
            as_of=as_of,
            uid=self.env.uid,
            ageing=lines._get_collection_ageing_sql(as_of, company),
            ladder=lines._get_collection_ladder_sql(company),
        ))
        self.invalidate_model()

