from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Days beyond this are not dates any more; searches for them are answered without one.
MAX_DAYS = 200_000


class AccountMoveLine(models.Model):
    """The truth about each receivable item: its days overdue, its tier, its case (P3.1)."""

    _inherit = "account.move.line"

    # Written by the classification in SQL, never by people.
    collection_tier_id = fields.Many2one(
        "collection.tier", readonly=True, copy=False, ondelete="set null"
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    collection_tier_color = fields.Integer(related="collection_tier_id.color")
    collection_days_overdue = fields.Integer(
        "Days Overdue",
        compute="_compute_collection_days_overdue",
        search="_search_collection_days_overdue",
        aggregator="max",
    )

    _collection_tier_index = models.Index("(company_id) WHERE collection_tier_id IS NOT NULL")

    @api.depends("date_maturity", "reconciled", "amount_residual", "parent_state", "account_id")
    def _compute_collection_days_overdue(self):
        """Days from due date to the company's today; 0 when not overdue, paid or a credit."""
        today_by_company = self._get_collection_today_by_company()
        for line in self:
            if line._is_collectable() and line.date_maturity:
                days = (today_by_company[line.company_id] - line.date_maturity).days
                line.collection_days_overdue = max(days, 0)
            else:
                line.collection_days_overdue = 0

    def _is_collectable(self):
        """Whether the line is an open debit of a customer that nobody took out of the chase."""
        self.ensure_one()
        return (
            self.parent_state == "posted"
            and self.account_id.account_type == "asset_receivable"
            and not self.reconciled
            and not self.no_followup
            and self.company_currency_id.compare_amounts(self.amount_residual, 0) > 0
        )

    @api.model
    def _get_collectable_domain(self):
        """The items of ``_is_collectable``, overdue or not."""
        return Domain([
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("reconciled", "=", False),
            ("no_followup", "=", False),
            ("amount_residual", ">", 0),
        ])

    @api.model
    def _get_collection_today_by_company(self):
        """Today's date in every company's own time zone, by company."""
        return self.env["res.company"]._get_collection_todays()

    def _search_collection_days_overdue(self, operator, value):
        if operator == "in":
            return Domain.OR(self._get_days_overdue_domain("=", days) for days in value)
        if operator in (">", ">=", "<", "<="):
            return self._get_days_overdue_domain(operator, value)
        return NotImplemented

    @api.model
    def _get_days_overdue_domain(self, operator, days):
        """Items whose days overdue compare so with ``days``, in each company's own today."""
        days = int(days or 0)
        if operator == "<":
            return ~self._get_days_overdue_domain(">=", days)
        if operator == "<=":
            return ~self._get_days_overdue_domain(">", days)
        if operator == ">":
            operator, days = ">=", days + 1
        if operator == "=" and days == 0:
            return ~self._get_days_overdue_domain(">=", 1)
        if days <= 0:
            return Domain.TRUE if operator == ">=" else Domain.FALSE
        if days > MAX_DAYS:
            return Domain.FALSE
        date_operator = "<=" if operator == ">=" else "="
        companies_by_today = {}
        for company, today in self._get_collection_today_by_company().items():
            companies_by_today.setdefault(today, []).append(company.id)
        return self._get_collectable_domain() & Domain.OR(
            Domain("company_id", "in", company_ids)
            & Domain("date_maturity", date_operator, today - timedelta(days=days))
            for today, company_ids in companies_by_today.items()
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Days overdue as an expression, so that lists can group and sort by it."""
        if field_expr != "collection_days_overdue":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._get_days_overdue_sql(alias)

    @api.model
    def _get_days_overdue_sql(self, alias):
        todays = self._get_collection_today_by_company()
        today = SQL(
            "CASE %(company)s %(whens)s END",
            company=SQL.identifier(alias, "company_id"),
            whens=SQL(" ").join(
                SQL("WHEN %s THEN %s", company.id, day) for company, day in todays.items()
            ),
        )
        # Each column says what has to be flushed before a query that uses it, and only then.
        columns = {
            name: SQL.identifier(alias, name, to_flush=self._fields[name])
            for name in (
                "parent_state", "reconciled", "no_followup", "amount_residual", "date_maturity",
                "account_id",
            )
        }
        return SQL(
            """CASE WHEN %(parent_state)s = 'posted' AND %(reconciled)s IS NOT TRUE
                     AND %(no_followup)s IS NOT TRUE AND %(amount_residual)s > 0
                     AND EXISTS (SELECT 1 FROM account_account receivable
                                  WHERE receivable.id = %(account_id)s
                                    AND receivable.account_type = 'asset_receivable')
                    THEN GREATEST(%(today)s - %(date_maturity)s, 0) ELSE 0 END""",
            today=today,
            **columns,
        )

    @api.readonly
    def action_open_collection_case(self):
        """Open the case that chases the item."""
        self.ensure_one()
        return self.collection_case_id._get_records_action()

    def _on_settled(self):
        """Called for items of which something was just matched, or whose entry was withdrawn."""

    def _on_reopened(self):
        """Called for items whose matching was just undone."""
