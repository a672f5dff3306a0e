from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAgeingReport(models.Model):
    """Every open receivable item as of today, for pivots and graphs (P3.1).

    The tier follows from the company's today, not from the last nightly run. Amounts are in the
    company's currency, with the item's own beside. Items excluded from follow-up do not show;
    unmatched payments and credit notes show as credits, so that the sum is the ledger's.
    """

    _name = "collection.ageing.report"
    _description = "Ageing of Receivables"
    _inherit = "collection.mixin"
    _auto = False
    _order = "days_overdue desc, id"
    _rec_name = "move_id"

    _depends = {
        "account.move.line": [
            "move_id", "partner_id", "company_id", "currency_id", "account_id", "date",
            "date_maturity", "amount_residual", "amount_residual_currency", "parent_state",
            "reconciled", "invoice_date",
        ],
        "account.move": ["invoice_user_id", "invoice_date"],
        "account.account": ["account_type"],
        "res.partner": ["commercial_partner_id", "country_id", "collector_id"],
        "collection.case": ["partner_id", "company_id", "stage", "user_id"],
        "collection.tier": ["code", "day_from", "day_to", "company_id"],
    }
    move_line_id = fields.Many2one("account.move.line", "Journal Item", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    case_id = fields.Many2one("collection.case", readonly=True)
    user_id = fields.Many2one("res.users", "Collector", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True)
    tier_id = fields.Many2one(
        "collection.tier", readonly=True, help="Empty: not overdue, or a credit."
    )
    kind = fields.Selection(
        [("overdue", "Overdue"), ("current", "Not Overdue"), ("credit", "Credit")],
        "Status", readonly=True,
    )
    date_invoice = fields.Date("Invoice Date", readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary("Open", currency_field="company_currency_id", readonly=True)
    amount_overdue = fields.Monetary(
        "Overdue Amount", currency_field="company_currency_id", readonly=True
    )
    amount_currency = fields.Monetary("Open in Currency", readonly=True)

    @property
    def _table_query(self):
        # Whoever works for everybody sees all companies; the rules leave others their own.
        companies = (
            self.env["res.company"]._get_collection_companies()
            if self.env.su else self.env.companies
        )
        return self._get_ageing_sql(companies)

    @api.model
    def _get_today_sql(self, companies):
        """``VALUES (company_id, day)``: what today is for each company."""
        return SQL("VALUES %s", SQL(", ").join(
            SQL("(%s::int, %s::date)", company.id, company._get_collection_today())
            for company in companies.sudo()
        )) if companies else SQL("VALUES (NULL::int, NULL::date)")

    @api.model
    def _get_ageing_sql(self, companies):
        return SQL(
            """
            SELECT line.id, line.id AS move_line_id, line.move_id,
                   partner.commercial_partner_id AS partner_id, customer.country_id,
                   line.company_id, cases.id AS case_id,
                   COALESCE(cases.user_id, (customer.collector_id->>line.company_id::text)::int)
                       AS user_id,
                   move.invoice_user_id AS salesperson_id, ladder.tier_id,
                   CASE WHEN line.amount_residual < 0 THEN 'credit'
                        WHEN COALESCE(line.date_maturity, line.date) < today.day THEN 'overdue'
                        ELSE 'current' END AS kind,
                   COALESCE(move.invoice_date, move.date) AS date_invoice,
                   COALESCE(line.date_maturity, line.date) AS date_due,
                   CASE WHEN line.amount_residual < 0 THEN 0
                        ELSE GREATEST(today.day - COALESCE(line.date_maturity, line.date), 0)
                        END AS days_overdue,
                   COALESCE(line.currency_id, line.company_currency_id) AS currency_id,
                   line.company_currency_id,
                   line.amount_residual AS amount,
                   CASE WHEN line.amount_residual > 0
                         AND COALESCE(line.date_maturity, line.date) < today.day
                        THEN line.amount_residual ELSE 0 END AS amount_overdue,
                   line.amount_residual_currency AS amount_currency
              FROM (%(today)s) today (company_id, day)
              JOIN account_move_line line ON line.company_id = today.company_id
               AND line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
               AND line.amount_residual != 0
               AND COALESCE(line.invoice_date, line.date) <= today.day
              JOIN account_account account ON account.id = line.account_id
               AND account.account_type = 'asset_receivable'
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
         LEFT JOIN collection_case cases ON cases.partner_id = customer.id
               AND cases.company_id = line.company_id AND cases.stage != 'closed'
         LEFT JOIN (%(ladder)s) ladder (company_id, tier_id, code, day_from, day_to)
                ON ladder.company_id = line.company_id AND line.amount_residual > 0
               AND today.day - COALESCE(line.date_maturity, line.date) >= ladder.day_from
               AND (ladder.day_to = 0
                    OR today.day - COALESCE(line.date_maturity, line.date) <= ladder.day_to)
            """,
            today=self._get_today_sql(companies),
            ladder=self.env["account.move.line"]._get_collection_ladder_sql(companies),
        )

    @api.readonly
    def action_open_entry(self):
        """The invoice or entry behind the item."""
        self.ensure_one()
        return self.move_id._get_records_action()

