from odoo import fields, models
from odoo.tools import SQL

PAST_DAYS = 365
WITHIN_DAYS = 14


class CollectionActionResult(models.Model):
    """What was done with customers in the last year, and which of it money followed.

    That money came within two weeks of a call is on record; that it came because of the call is
    not. Only a trial, in which chance decides who is called, tells that.
    """

    _name = "collection.action.result"
    _description = "Action and the Money That Followed"
    _inherit = "collection.mixin"
    _auto = False
    _order = "date desc, id"
    _rec_name = "activity_id"

    _depends = {
        "collection.activity": ["case_id", "date", "method", "direction", "outcome", "state"],
        "collection.case": ["partner_id", "company_id", "user_id"],
        "account.partial.reconcile": ["debit_move_id", "max_date"],
        "account.move.line": ["partner_id", "company_id", "account_id", "parent_state"],
    }
    activity_id = fields.Many2one("collection.activity", "Action", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    date = fields.Date(readonly=True)
    method = fields.Selection(
        [
            ("phone", "Phone"), ("visit", "Visit"), ("letter", "Letter"), ("email", "Email"),
            ("sms", "SMS"), ("legal", "Legal Action"), ("other", "Other"),
        ],
        readonly=True,
    )
    amount_after = fields.Monetary(
        "Received Within 14 Days", readonly=True,
        help="All cash of the customer in the two weeks that followed, whatever brought it.",
    )
    share_followed = fields.Float(
        "Followed by Money", readonly=True, aggregator="avg",
        help="It may have come anyway: what an action brings, only a trial tells.",
    )

    @property
    def _table_query(self):
        companies = (
            # Whoever works for everybody sees all companies; the rules leave others their own.
            self.env["res.company"]._get_collection_companies()
            if self.env.su else self.env.companies
        )
        forecast = self.env["collection.cash.forecast"]
        events = [
            SQL(
                """SELECT event.item_id, event.day, event.amount FROM (%s) event
                    WHERE event.is_cash""",
                forecast._get_cash_events_sql(
                    company, fields.Date.subtract(today, days=PAST_DAYS + 1), today
                ),
            )
            for company in companies
            for today in [company._get_collection_today()]
        ] or [SQL("SELECT NULL::int AS item_id, NULL::date AS day, NULL::numeric AS amount")]
        return SQL(
            """
            WITH came AS MATERIALIZED (
                SELECT partner.commercial_partner_id AS partner_id, line.company_id, event.day,
                       SUM(event.amount) AS amount
                  FROM (%(events)s) event
                  JOIN account_move_line line ON line.id = event.item_id
                  JOIN res_partner partner ON partner.id = line.partner_id
              GROUP BY partner.commercial_partner_id, line.company_id, event.day)
            SELECT activity.id, activity.id AS activity_id, activity.case_id, case_.partner_id,
                   case_.company_id, company.currency_id, activity.user_id,
                   activity.date::date AS date, activity.method,
                   COALESCE(SUM(came.amount), 0) AS amount_after,
                   (COALESCE(SUM(came.amount), 0) > 0)::int::float AS share_followed
              FROM collection_activity activity
              JOIN collection_case case_ ON case_.id = activity.case_id
               AND case_.company_id = ANY(%(companies)s)
              JOIN res_company company ON company.id = case_.company_id
         LEFT JOIN came ON came.partner_id = case_.partner_id
               AND came.company_id = case_.company_id
               AND came.day > activity.date::date
               AND came.day <= activity.date::date + %(within)s
             WHERE activity.state = 'confirmed' AND activity.direction = 'outbound'
               AND activity.date > now() AT TIME ZONE 'UTC' - %(past)s * INTERVAL '1 day'
          GROUP BY activity.id, case_.id, company.id
            """,
            events=SQL(" UNION ALL ").join(events), companies=companies.ids,
            within=WITHIN_DAYS, past=PAST_DAYS,
        )

    def action_open_records(self):
        """The case it was done on."""
        self.ensure_one()
        return self.case_id._get_records_action()
