from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = 12


class CollectionCashReport(models.Model):
    """The cash of the last months payment by payment: what the figures of cash are sums of (P5.1).

    The same rows as ``_get_cash_by_collector`` counts, each once, with the collector who owned
    the case on the day. From the start of the month a year ago.
    """

    _name = "collection.cash.report"
    _description = "Cash on Overdue Items"
    _inherit = "collection.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "name"

    _depends = {
        "account.move.line": [
            "account_id", "amount_currency", "balance", "company_id", "date_maturity",
            "invoice_date", "no_followup", "parent_state", "partner_id", "reconciled",
        ],
        "account.move": ["journal_id", "move_type", "name", "origin_payment_id"],
        "account.payment": ["outstanding_account_id"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "collection.case.assignment.period": ["date_from", "date_to", "partner_id", "user_id"],
    }
    name = fields.Char("Documents", readonly=True, help="The item, and what paid it.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, help="Who owned the case on the day."
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary("Cash", readonly=True)
    tier_code = fields.Char("Tier", readonly=True, help="On the day of the payment.")
    move_line_id = fields.Many2one("account.move.line", "Item", readonly=True)
    payment_line_id = fields.Many2one("account.move.line", "Paid By", readonly=True)

    @property
    def _table_query(self):
        # Whoever works for everybody sees all companies; the rules leave others their own.
        companies = (
            self.env["res.company"]._get_collection_companies()
            if self.env.su else self.env.companies
        )
        return SQL(" UNION ALL ").join(map(self._get_company_sql, companies))

    @api.model
    def _get_company_sql(self, company):
        today = company._get_collection_today()
        rows = self.env["collection.case"]._get_cash_rows_sql(
            company,
            today.replace(day=1) - relativedelta(months=MONTHS),
            fields.Date.add(today, days=1),
        )
        return SQL(
            """
            SELECT reconciled.id, cash.name, %(company)s AS company_id,
                   %(currency)s AS currency_id, cash.partner_id, cash.user_id, cash.date,
                   cash.amount, cash.tier_code, cash.item_id AS move_line_id,
                   cash.res_id AS payment_line_id
              FROM (SELECT item_id, res_id, MAX(user_id) AS user_id, MAX(name) AS name,
                           MAX(partner_id) AS partner_id, MAX(date) AS date,
                           MAX(tier_code) AS tier_code,
                           SUM(amount) FILTER (WHERE user_id IS NULL) AS amount
                      FROM (%(rows)s) counted GROUP BY item_id, res_id) cash
        CROSS JOIN LATERAL (
                   SELECT MIN(id) AS id FROM account_partial_reconcile
                    WHERE debit_move_id = cash.item_id AND credit_move_id = cash.res_id
                   ) reconciled
            """,
            company=company.id, currency=company.currency_id.id, rows=rows,
        )

    def action_open_payment(self):
        """The payment, statement or entry that brought the cash."""
        self.ensure_one()
        move = self.payment_line_id.move_id
        return (move.origin_payment_id or move)._get_records_action()

