from odoo import fields, models
from odoo.tools import SQL


class CollectionCashForecast(models.Model):
    """When which money is expected: promises, instalments, and every other open item.

    No euro is in it twice: an item of a performing plan is its instalments; a promise takes the
    customer's other items, the oldest first, and what exceeds them the next instalments. What
    is left of an item is expected on its due date plus the customer's usual delay, else the
    company's; what is late already is expected today. Disputed amounts have no date. Amounts are
    in the company's currency.
    """

    _name = "collection.cash.forecast"
    _description = "Cash Forecast"
    _inherit = "collection.mixin"
    _auto = False
    _order = "date_expected, id"
    _rec_name = "partner_id"

    _depends = {
        "account.move.line": [
            "move_id", "partner_id", "company_id", "account_id", "date", "date_maturity",
            "amount_residual", "amount_residual_currency", "parent_state", "reconciled",
            "no_followup", "collection_excluded", "collection_case_id", "payment_id",
            "statement_line_id",
        ],
        "account.account": ["account_type"],
        "res.partner": ["commercial_partner_id", "collector_id"],
        "collection.case": ["partner_id", "company_id", "stage", "user_id"],
        "collection.promise": [
            "case_id", "amount", "amount_company", "amount_left", "date_promised", "state",
        ],
        "collection.plan": ["case_id", "amount", "amount_received", "item_ids", "state"],
        "collection.plan.line": ["plan_id", "amount", "date_due"],
        "collection.dispute": ["amount", "case_id", "line_ids", "state"],
        "collection.payment.habit": ["company_id", "partner_id", "days"],
    }
    kind = fields.Selection(
        [
            ("promise", "Promised"),
            ("plan", "Instalment"),
            ("item", "Payment Behavior"),
            ("disputed", "Disputed"),
            ("credit", "Unmatched Credit"),
        ],
        "Expected From", readonly=True,
    )
    date_expected = fields.Date("Expected On", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    is_late = fields.Boolean(
        "Later Than Usual", readonly=True, help="The day it was expected has passed."
    )
    delay = fields.Integer("Average Days Late", readonly=True, aggregator="avg")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    promise_id = fields.Many2one("collection.promise", readonly=True)
    plan_id = fields.Many2one("collection.plan", readonly=True)
    amount = fields.Monetary("Expected", readonly=True)

    @property
    def _table_query(self):
        companies = (
            # Whoever works for everybody sees all companies; the rules leave others their own.
            self.env["res.company"]._get_collection_companies()
            if self.env.su else self.env.companies
        )
        return SQL(
            "WITH %s %s",
            SQL(", ").join([
                SQL("today (company_id, day) AS (%s)",
                    self.env["collection.ageing.report"]._get_today_sql(companies)),
                self._get_open_sql(),
                self._get_plan_sql(),
                self._get_promise_sql(),
            ]),
            self._get_rows_sql(),
        )

    def _get_open_sql(self):
        """``item``: open items with what is contested, planned and free of them."""
        return SQL(
            """
            usual AS (
                SELECT company_id, SUM(days * amount) / NULLIF(SUM(amount), 0) AS days
                  FROM collection_payment_habit GROUP BY company_id),
            planned AS (
                SELECT rel.line_id, MIN(plan.id) AS plan_id
                  FROM collection_plan plan
                  JOIN collection_plan_move_line_rel rel ON rel.plan_id = plan.id
                 WHERE plan.state = 'performing' GROUP BY rel.line_id),
            line AS (
                SELECT line.id, line.move_id, line.company_id, line.company_currency_id,
                       partner.commercial_partner_id AS partner_id,
                       COALESCE(line.date_maturity, line.date) AS date_maturity,
                       line.amount_residual AS residual, today.day, line.currency_id,
                       line.balance / NULLIF(line.amount_currency, 0) AS rate
                  FROM today
                  JOIN account_move_line line ON line.company_id = today.company_id
                   AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                   AND %(chased)s AND line.amount_residual != 0
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
             LEFT JOIN res_partner partner ON partner.id = line.partner_id),
            contested AS MATERIALIZED (%(contested)s),
            item AS (
                SELECT line.*, planned.plan_id, cases.id AS case_id,
                       COALESCE(cases.user_id,
                                (customer.collector_id->>line.company_id::text)::int) AS user_id,
                       COALESCE(habit.days, usual.days, 0)::int AS delay,
                       CASE WHEN line.residual > 0
                            THEN COALESCE(contested.amount, 0) ELSE 0 END AS contested,
                       CASE WHEN planned.plan_id IS NULL AND line.residual > 0
                            THEN line.residual - COALESCE(contested.amount, 0)
                            ELSE 0 END AS free
                  FROM line
             LEFT JOIN planned ON planned.line_id = line.id
             LEFT JOIN contested ON contested.line_id = line.id
             LEFT JOIN res_partner customer ON customer.id = line.partner_id
             LEFT JOIN collection_case cases ON cases.partner_id = line.partner_id
                   AND cases.company_id = line.company_id AND cases.stage != 'closed'
             LEFT JOIN collection_payment_habit habit ON habit.partner_id = line.partner_id
                   AND habit.company_id = line.company_id
             LEFT JOIN usual ON usual.company_id = line.company_id)
            """,
            contested=self.env["collection.position"]._get_contested_sql(SQL(
                "SELECT id, case_id, amount FROM collection_dispute WHERE state = 'open'"
            )),
            chased=self.env["account.move.line"]._get_chased_sql("line"),
        )

    def _get_plan_sql(self):
        """``instalment``: what is still to come of each, never more than the items owe."""
        return SQL(
            """
            plan AS (
                SELECT plan.id, plan.case_id, plan.amount - LEAST(
                           plan.amount - plan.amount_received,
                           SUM((item.residual - item.contested) / rated.rate)) AS received,
                       MAX(rated.rate) AS rate
                  FROM collection_plan plan
                  JOIN item ON item.plan_id = plan.id AND item.residual > 0
            CROSS JOIN LATERAL (
                       SELECT CASE WHEN plan.currency_id = item.currency_id
                                   THEN COALESCE(item.rate, 1) ELSE 1 END AS rate) rated
                 WHERE plan.state = 'performing'
              GROUP BY plan.id),
            instalment AS (
                SELECT part.id, part.plan_id, plan.case_id, part.date_due,
                       plan.rate * LEAST(part.amount, GREATEST(0, SUM(part.amount) OVER in_plan
                             - plan.received)) AS amount
                  FROM plan
                  JOIN collection_plan_line part ON part.plan_id = plan.id
                WINDOW in_plan AS (PARTITION BY part.plan_id ORDER BY part.date_due, part.id))
            """
        )

    def _get_promise_sql(self):
        """``promise``: what is still to come of each and how it is covered."""
        return SQL(
            """
            promise AS (
                SELECT promise.id, promise.case_id, promise.date_promised,
                       GREATEST(0, COALESCE(promise.amount_left, 0))
                           * COALESCE(promise.amount_company, promise.amount) / promise.amount
                           AS amount,
                       COALESCE((SELECT SUM(item.free) FROM item
                                  WHERE item.case_id = promise.case_id), 0) AS free,
                       COALESCE((SELECT SUM(instalment.amount) FROM instalment
                                  WHERE instalment.case_id = promise.case_id), 0) AS planned
                  FROM collection_promise promise
                 WHERE promise.state = 'open')
            """
        )

    def _get_rows_sql(self):
        columns = SQL(
            "cases.partner_id, cases.company_id, company.currency_id, cases.id AS case_id,"
            " cases.user_id, NULL::int AS move_id"
        )
        joins = SQL(
            "JOIN res_company company ON company.id = cases.company_id"
            " JOIN today ON today.company_id = cases.company_id"
        )
        return SQL(
            """
            SELECT promise.id * 4 AS id, 'promise' AS kind,
                   GREATEST(promise.date_promised, today.day) AS date_expected,
                   promise.date_promised AS date_due, promise.date_promised < today.day AS is_late,
                   0 AS delay, %(columns)s, promise.id AS promise_id, NULL::int AS plan_id,
                   LEAST(promise.amount, promise.free + promise.planned) AS amount
              FROM promise JOIN collection_case cases ON cases.id = promise.case_id %(joins)s
             WHERE LEAST(promise.amount, promise.free + promise.planned) > 0
         UNION ALL
            SELECT left_over.id * 4 + 1, 'plan', GREATEST(left_over.date_due, today.day),
                   left_over.date_due, left_over.date_due < today.day, 0, %(columns)s,
                   NULL::int, left_over.plan_id, left_over.amount
              FROM (SELECT instalment.id, instalment.plan_id, instalment.case_id,
                           instalment.date_due,
                           LEAST(instalment.amount, GREATEST(0,
                               SUM(instalment.amount) OVER (PARTITION BY instalment.plan_id
                                   ORDER BY instalment.date_due, instalment.id)
                               - GREATEST(0, COALESCE(promise.amount - promise.free, 0))))
                               AS amount
                      FROM instalment
                 LEFT JOIN promise ON promise.case_id = instalment.case_id) left_over
              JOIN collection_case cases ON cases.id = left_over.case_id %(joins)s
             WHERE left_over.amount > 0
         UNION ALL
            SELECT rest.id * 4 + 2, 'item',
                   GREATEST(rest.date_maturity + rest.delay, rest.day), rest.date_maturity,
                   rest.date_maturity + rest.delay < rest.day, rest.delay, rest.partner_id,
                   rest.company_id, rest.company_currency_id, rest.case_id, rest.user_id,
                   rest.move_id, NULL::int, NULL::int, rest.amount
              FROM (SELECT item.*, item.free - LEAST(item.free, GREATEST(0,
                               COALESCE(promise.amount, 0)
                               - SUM(item.free) OVER (PARTITION BY item.company_id, item.partner_id
                                     ORDER BY item.date_maturity, item.id)
                               + item.free)) AS amount
                      FROM item LEFT JOIN promise ON promise.case_id = item.case_id) rest
             WHERE rest.amount > 0
         UNION ALL
            SELECT item.id * 4 + 3,
                   CASE WHEN item.residual < 0 THEN 'credit' ELSE 'disputed' END,
                   CASE WHEN item.residual < 0 THEN item.day END, item.date_maturity, false, 0,
                   item.partner_id, item.company_id, item.company_currency_id, item.case_id,
                   item.user_id, item.move_id, NULL::int, NULL::int,
                   CASE WHEN item.residual < 0 THEN item.residual ELSE item.contested END
              FROM item WHERE item.residual < 0 OR item.contested > 0
            """,
            columns=columns,
            joins=joins,
        )

