from odoo import api, fields, models
from odoo.tools import SQL

WINDOW_DAYS = 365


class CollectionPaymentHabit(models.Model):
    """How late a customer usually pays: days after the due date, weighted by amount.

    Measured each night on the payments of the last year, below zero for who pays early. Credit
    notes and write-offs are no payments.
    """

    _name = "collection.payment.habit"
    _description = "Payment Behavior of a Customer"
    _inherit = "collection.mixin"
    _order = "days desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    country_id = fields.Many2one(related="partner_id.country_id", store=False)
    days = fields.Float(
        "Average Days Late", digits=(16, 1), readonly=True, aggregator="avg",
        help="Average days from due date to payment, large payments count more.",
    )
    payment_count = fields.Integer("Payments", readonly=True)
    amount = fields.Monetary("Paid", readonly=True)
    date = fields.Date("Measured On", readonly=True)
    _once = models.UniqueIndex("(company_id, partner_id)", "A customer has one usual delay.")

    @api.model
    def _cron_measure(self):
        """Measure the customers of every company."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._measure(company, company._get_collection_today()),
            "the usual delay of customers",
        )

    @api.model
    def _measure(self, company, as_of):
        """Measure a company's customers in two statements; only what changed is written.

        :param date as_of: the day, inclusive; payments of the year up to it count
        """
        cash = self.env["collection.cash"]
        cash._flush_cash()
        self.env["res.partner"].flush_model()
        self.flush_model()
        measured = SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   ROUND(SUM(paid.amount * (paid.date - item.date_maturity))
                         / SUM(paid.amount), 1) AS days,
                   COUNT(*) AS payment_count, SUM(paid.amount) AS amount
              FROM (%(paid)s) paid
              JOIN account_move_line item ON item.id = paid.item_id
              JOIN res_partner partner ON partner.id = item.partner_id
             WHERE paid.kind = 'cash' AND paid.amount > 0
               AND paid.date > %(as_of)s::date - %(window)s AND paid.date <= %(as_of)s
          GROUP BY partner.commercial_partner_id
            """,
            paid=cash._get_rows_sql(cash._get_items_sql(SQL(
                """line.company_id = %(company)s AND line.parent_state = 'posted'
                   AND line.date_maturity IS NOT NULL AND line.balance > 0
                   AND line.account_id IN (SELECT id FROM account_account
                                            WHERE account_type = 'asset_receivable')
                   AND line.id IN (SELECT debit_move_id FROM account_partial_reconcile partial
                                    WHERE partial.company_id = %(company)s
                                      AND partial.max_date > %(as_of)s::date - %(window)s
                                      AND partial.max_date <= %(as_of)s)""",
                company=company.id, as_of=as_of, window=WINDOW_DAYS,
            ))),
            as_of=as_of, window=WINDOW_DAYS,
        )
        self.env.cr.execute(SQL(
            """
            INSERT INTO collection_payment_habit AS habit
                   (company_id, partner_id, days, payment_count, amount, date,
                    create_uid, create_date, write_uid, write_date)
            SELECT %(company)s, measured.partner_id, measured.days, measured.payment_count,
                   measured.amount, %(as_of)s,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (%(measured)s) measured
       ON CONFLICT (company_id, partner_id) DO UPDATE
               SET days = EXCLUDED.days, payment_count = EXCLUDED.payment_count,
                   amount = EXCLUDED.amount, date = EXCLUDED.date,
                   write_date = EXCLUDED.write_date
             WHERE (habit.days, habit.payment_count, habit.amount)
                   IS DISTINCT FROM (EXCLUDED.days, EXCLUDED.payment_count, EXCLUDED.amount)
            """,
            company=company.id, as_of=as_of, uid=self.env.uid, measured=measured,
        ))
        self.env.cr.execute(SQL(
            """
            DELETE FROM collection_payment_habit habit
             WHERE habit.company_id = %(company)s AND NOT EXISTS (
                   SELECT FROM (%(measured)s) measured
                    WHERE measured.partner_id = habit.partner_id)
            """,
            company=company.id, measured=measured,
        ))
        self.invalidate_model()

