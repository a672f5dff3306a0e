from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Days beyond this are not dates any more; searches for them are answered without one.
MAX_DAYS = 200_000
# What decides whether, since when and of whom a posted item is chased.
TERMS = {"date_maturity", "collection_excluded", "partner_id"}


class AccountMoveLine(models.Model):
    """The truth about each receivable item: its days overdue, its tier, its case (P3.1)."""

    _name = "account.move.line"
    _inherit = ["collection.kept", "account.move.line"]

    # Written by the classification in SQL, never by people.
    collection_tier_id = fields.Many2one(
        "collection.tier", readonly=True, copy=False, ondelete="set null"
    )
    collection_tier_color = fields.Integer(related="collection_tier_id.color")
    collection_days_overdue = fields.Integer(
        "Days Overdue",
        compute="_compute_collection_days_overdue",
        search="_search_collection_days_overdue",
        aggregator="max",
    )
    collection_date_due = fields.Date(
        "Due On", compute="_compute_collection_date_due",
        help="The due date; of an item without one the date of its entry.",
    )
    collection_excluded = fields.Boolean(
        "Excluded from Collection",
        copy=False,
        help="A person took the item out of the chase. It stays in ageing, statement, overdue"
        " list and provision.",
    )
    _collection_tier_index = models.Index("(company_id) WHERE collection_tier_id IS NOT NULL")

    def _inverse_no_followup(self):
        """Who excludes an item from follow-up excludes it from the chase.

        On journals for miscellaneous entries Odoo sets it by itself: no wish of anybody.
        """
        result = super()._inverse_no_followup()
        for line in self:
            if line.journal_id.type != "general":
                line.collection_excluded = line.no_followup
        return result

    def write(self, vals):
        if "no_followup" in vals and "collection_excluded" not in vals:
            # What Odoo computes is not written this way: this is somebody's wish.
            vals = {**vals, "collection_excluded": vals["no_followup"]}
        result = super().write(vals)
        if TERMS & vals.keys():
            self._on_terms_changed()
        return result

    def _on_terms_changed(self):
        """Called for items whose due date, customer or exclusion was just changed."""

    @api.depends(
        "date_maturity", "invoice_date", "date", "reconciled", "amount_residual", "parent_state",
        "account_id",
    )
    def _compute_collection_days_overdue(self):
        """Days from due date to the company's today; 0 when not overdue, paid or a credit."""
        today_by_company = self._get_collection_today_by_company()
        for line in self:
            today = today_by_company[line.company_id]
            if line._is_collectable() and line._is_overdue(today):
                line.collection_days_overdue = (today - line._get_collection_due()).days
            else:
                line.collection_days_overdue = 0

    def _is_collectable(self):
        """Whether the line is an open debit of a customer that nobody took out of the chase."""
        self.ensure_one()
        return (
            self.parent_state == "posted"
            and self.account_id.account_type == "asset_receivable"
            and not self.reconciled
            and self._is_chased()
            and not (self.payment_id or self.statement_line_id)
            and self.company_currency_id.compare_amounts(self.amount_residual, 0) > 0
        )

    def _is_chased(self):
        """Whether nobody took the item out of the chase."""
        self.ensure_one()
        return not self.collection_excluded and not (
            self.no_followup and not self.company_id.sudo().collection_chase_misc
        )

    def _get_collection_due(self):
        """The day the item is due; an item without a due date is due on its entry's date."""
        self.ensure_one()
        return self.date_maturity or self.date

    @api.depends("date_maturity", "date")
    def _compute_collection_date_due(self):
        for line in self:
            line.collection_date_due = line._get_collection_due()

    def _is_overdue(self, today):
        """Whether the item is due before a day; what is dated later is not yet there."""
        self.ensure_one()
        return self._get_collection_due() < today and (self.invoice_date or self.date) <= today

    @api.model
    def _get_issued_domain(self, today):
        """Items that are dated on a day or before it."""
        return Domain("invoice_date", "<=", today) | (
            Domain("invoice_date", "=", False) & Domain("date", "<=", today)
        )

    @api.model
    def _get_collectable_domain(self):
        """The items of ``_is_collectable``, overdue or not."""
        return Domain([
            ("parent_state", "=", "posted"),
            ("account_id.account_type", "=", "asset_receivable"),
            ("reconciled", "=", False),
            ("payment_id", "=", False),
            ("statement_line_id", "=", False),
            ("amount_residual", ">", 0),
        ]) & self._get_chased_domain()

    @api.model
    def _get_chased_domain(self):
        """The items of ``_is_chased``."""
        return Domain("collection_excluded", "!=", True) & (
            Domain("no_followup", "=", False)
            | Domain("company_id", "in", self.env["res.company"]._get_collection_misc_ids())
        )

    @api.model
    def _get_due_domain(self, operator, date):
        """Items whose day due compares so with a date; see ``_get_collection_due``."""
        return Domain("date_maturity", operator, date) | (
            Domain("date_maturity", "=", False) & Domain("date", operator, date)
        )

    @api.model
    def _get_chased_sql(self, alias):
        """The items of ``_is_chased``, in SQL."""
        return SQL(
            "(%(excluded)s IS NOT TRUE"
            " AND (%(no_followup)s IS NOT TRUE OR %(company)s = ANY(%(ids)s)))",
            excluded=SQL.identifier(alias, "collection_excluded"),
            no_followup=SQL.identifier(alias, "no_followup"),
            company=SQL.identifier(alias, "company_id"),
            ids=list(self.env["res.company"]._get_collection_misc_ids()),
        )

    @api.model
    def _get_paid_out_sql(self, alias):
        """Whether a debit is money paid out to the customer: no debt, it settles a credit."""
        return SQL(
            "(%s IS NOT NULL OR %s IS NOT NULL)",
            SQL.identifier(alias, "payment_id"),
            SQL.identifier(alias, "statement_line_id"),
        )

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
            & self._get_due_domain(date_operator, today - timedelta(days=days))
            & self._get_issued_domain(today)
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
                "date", "account_id", "collection_excluded", "company_id", "payment_id",
                "statement_line_id", "invoice_date",
            )
        }
        return SQL(
            """CASE WHEN %(parent_state)s = 'posted' AND %(reconciled)s IS NOT TRUE
                     AND %(collection_excluded)s IS NOT TRUE
                     AND (%(no_followup)s IS NOT TRUE OR %(company_id)s = ANY(%(misc)s))
                     AND %(payment_id)s IS NULL AND %(statement_line_id)s IS NULL
                     AND %(amount_residual)s > 0
                     AND COALESCE(%(invoice_date)s, %(date)s) <= %(today)s
                     AND EXISTS (SELECT 1 FROM account_account receivable
                                  WHERE receivable.id = %(account_id)s
                                    AND receivable.account_type = 'asset_receivable')
                    THEN GREATEST(%(today)s - COALESCE(%(date_maturity)s, %(date)s), 0)
                    ELSE 0 END""",
            today=today,
            misc=list(self.env["res.company"]._get_collection_misc_ids()),
            **columns,
        )

    @api.readonly
    def action_open_collection_document(self):
        """The invoice, payment entry or credit note of the item, as its own form."""
        self.ensure_one()
        return self.move_id._get_records_action(
            name=self.move_id.display_name,
            views=[(self.env.ref("account.view_move_form").id, "form")],
        )

    def _on_settled(self, is_corrected=False):
        """Called for items of which something was just matched, or whose entry was withdrawn.

        :param is_corrected: whether the entry was reset to draft, and may be posted again
        """

    def _on_posted(self):
        """Called for the lines of entries that were just posted."""

    def _on_reopened(self):
        """Called for items whose matching was just undone."""

    @api.model
    def _get_collection_ageing(self, as_of, companies=None, partners=None):
        """The receivable items open at the end of a day, rebuilt from the ledger (P3.1).

        An item counts when it was issued on or before ``as_of`` and not settled by it; its
        residual is the balance less the reconciliations dated up to that day. An exchange
        difference takes the day of the payment that caused it. Draft and cancelled
        entries never count; what somebody took out of the chase does. An item without a due
        date is due on its entry's date. Nothing is written.

        :param date as_of: the day, inclusive
        :param companies: companies to look at; the user's active ones when not given
        :param partners: commercial partners to look at; all customers when not given
        :return: list of dicts ``line_id move_id partner_id company_id currency_id
            days_overdue tier_code residual residual_currency``. ``partner_id`` is the
            commercial partner (``False`` when the entry names nobody), ``residual`` is in
            the company's currency and ``residual_currency`` in the item's;
            ``days_overdue`` is at least 0; ``tier_code`` is ``False`` for what is
            not overdue and for credits.
        """
        companies = self.env.companies if companies is None else companies
        if not companies:
            return []
        self.flush_model()
        self.env["account.move"].flush_model(["invoice_date", "state"])
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.account"].flush_model(["account_type"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query_dict(
            self._get_collection_ageing_sql(as_of, companies, partners)
        )
        for row in rows:
            row["partner_id"] = row["partner_id"] or False
            row["tier_code"] = row["tier_code"] or False
        return rows

    @api.model
    def _get_collection_ladder_sql(self, companies):
        """``VALUES (company_id, tier_id, code, day_from, day_to)`` of the companies' ladders."""
        get_ladder = self.env["collection.tier"]._get_ladder
        rows = [
            SQL(
                "(%s::int, %s::int, %s::varchar, %s::int, %s::int)",
                company.id, tier.id, tier.code, tier.day_from, tier.day_to,
            )
            for company in companies
            for tier in get_ladder(company)
        ] or [SQL("(NULL::int, NULL::int, NULL::varchar, NULL::int, NULL::int)")]
        return SQL("VALUES %s", SQL(", ").join(rows))

    @api.model
    def _get_collection_ageing_sql(self, as_of, companies, partners=None):
        return SQL(
            """
            WITH ladder (company_id, tier_id, code, day_from, day_to) AS (%(ladder)s),
            item AS (
                SELECT line.id, line.move_id, line.company_id,
                       COALESCE(line.date_maturity, line.date) AS date_maturity,
                       COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                       line.company_currency_id,
                       partner.commercial_partner_id AS partner_id,
                       line.balance, line.amount_currency
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.company_id = ANY(%(company_ids)s)
                   AND line.parent_state = 'posted'
                   AND COALESCE(line.invoice_date, line.date) <= %(as_of)s
                   %(only)s
            ),
            opened AS (
                SELECT item.*,
                       ROUND(item.balance - COALESCE(settled.amount, 0),
                             company_currency.decimal_places) AS residual,
                       ROUND(item.amount_currency - COALESCE(settled.currency, 0),
                             currency.decimal_places) AS residual_currency,
                       GREATEST(%(as_of)s - item.date_maturity, 0) AS days
                  FROM item
            CROSS JOIN LATERAL (%(settled)s) settled
                  JOIN res_currency currency ON currency.id = item.currency_id
                  JOIN res_currency company_currency
                    ON company_currency.id = item.company_currency_id
            )
            SELECT opened.id AS line_id, opened.move_id, opened.partner_id, opened.company_id,
                   opened.currency_id, COALESCE(opened.days, 0) AS days_overdue,
                   ladder.code AS tier_code, opened.residual, opened.residual_currency
              FROM opened
         LEFT JOIN ladder ON ladder.company_id = opened.company_id
               AND opened.residual > 0 AND opened.days >= ladder.day_from
               AND (ladder.day_to = 0 OR opened.days <= ladder.day_to)
             WHERE opened.residual != 0 OR opened.residual_currency != 0
          ORDER BY opened.company_id, opened.date_maturity, opened.id
            """,
            ladder=self._get_collection_ladder_sql(companies),
            settled=self._get_collection_settled_sql(as_of),
            only=SQL("AND partner.commercial_partner_id = ANY(%s)", partners.ids)
            if partners is not None else SQL(),
            company_ids=companies.ids,
            as_of=as_of,
        )

    @api.model
    def _get_collection_settled_sql(self, as_of):
        """What reconciliations dated up to a day took from ``item.id``, signed as its balance.

        One index look-up per item and side: as fast on a ledger without statistics, where
        a join of the two sums would be planned as a loop in a loop.
        """

        return SQL(
            "SELECT SUM(amount_company) AS amount, SUM(amount) AS currency"
            " FROM (%s) AS part WHERE date <= %s",
            self._get_collection_sides_sql(),
            as_of,
        )

    @api.model
    def _get_collection_sides_sql(self):
        """The reconciliations of ``item.id``, signed as its balance, with their days.

        Columns ``partial_id date outside_id amount_company amount``, the amount in the item's
        currency and ``outside_id`` the entry on the other side.
        """

        def side(own, other, amount_currency, sign):
            return SQL(
                """
                SELECT partial.id AS partial_id, other.move_id AS outside_id,
                       COALESCE(
                           (SELECT MIN(origin.max_date) FROM account_partial_reconcile origin
                             WHERE origin.exchange_move_id = other.move_id),
                           partial.max_date) AS date,
                       %(sign)s * partial.amount AS amount_company,
                       %(sign)s * partial.%(amount_currency)s AS amount
                  FROM account_partial_reconcile partial
                  JOIN account_move_line other ON other.id = partial.%(other)s
                 WHERE partial.%(own)s = item.id
                """,
                sign=sign,
                own=SQL.identifier(own),
                other=SQL.identifier(other),
                amount_currency=SQL.identifier(amount_currency),
            )

        return SQL(
            "%s UNION ALL %s",
            side("debit_move_id", "credit_move_id", "debit_amount_currency", 1),
            side("credit_move_id", "debit_move_id", "credit_amount_currency", -1),
        )

