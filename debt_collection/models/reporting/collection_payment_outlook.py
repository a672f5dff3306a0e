from odoo import api, fields, models
from odoo.tools import SQL, format_date, split_every

from ...tools.payment_outlook import PROBABILITY_DAYS

SLICE = 5000
CASES = 200  # written in a transaction


class CollectionPaymentOutlook(models.Model):
    """When each open item is expected, computed every night from what is known.

    One record for an open item of a customer. It is expected on the day by which it is as
    likely paid as not; eight times out of ten it is paid between the early and the late day.
    """

    _name = "collection.payment.outlook"
    _description = "Payment Outlook"
    _inherit = "collection.mixin"
    _order = "date_expected, id"
    _rec_name = "move_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        "account.move.line", "Item", required=True, readonly=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index="btree_not_null", ondelete="set null"
    )
    tier_id = fields.Many2one("collection.tier", readonly=True, ondelete="set null")
    date = fields.Date("Computed On", required=True, readonly=True)
    date_due = fields.Date("Due Date", readonly=True)
    date_early = fields.Date("Earliest", readonly=True, help="One time out of ten it comes before.")
    date_expected = fields.Date(
        "Expected On", readonly=True, help="By this day it is as likely paid as not."
    )
    date_late = fields.Date("Latest", readonly=True, help="One time out of ten it comes after.")
    probability_7 = fields.Float("Within 7 Days", readonly=True, aggregator="avg")
    probability_14 = fields.Float("Within 14 Days", readonly=True, aggregator="avg")
    probability_30 = fields.Float("Within 30 Days", readonly=True, aggregator="avg")
    probability_60 = fields.Float("Within 60 Days", readonly=True, aggregator="avg")
    probability_90 = fields.Float("Within 90 Days", readonly=True, aggregator="avg")
    amount = fields.Monetary("Open", readonly=True)
    amount_30 = fields.Monetary(
        "Expected in 30 Days", readonly=True, help="The open amount times its chance."
    )
    amount_late = fields.Monetary(
        "Expected Late", readonly=True,
        help="What is overdue, and of the rest the share that will not come by its due date.",
    )
    share_late = fields.Float(
        "Late Share", readonly=True, aggregator="avg",
        help="What is expected late, of what is open. Of several items it is that of their sums.",
    )
    display_dates = fields.Char("Expected", compute="_compute_display_dates")
    _once = models.UniqueIndex("(line_id)", "An item has one outlook.")

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "share_late:avg":
            self._check_field_access(self._fields["share_late"], "read")
            return SQL(
                "SUM(%s)::float / NULLIF(SUM(%s), 0)::float",
                self._field_to_sql(self._table, "amount_late", query),
                self._field_to_sql(self._table, "amount", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    @api.depends("date_early", "date_expected", "date_late")
    @api.depends_context("lang")
    def _compute_display_dates(self):
        for outlook in self:
            outlook.display_dates = outlook._get_display_dates()

    def _get_display_dates(self):
        """The expected day with the early and the late one of these items together.

        Of several items it is the day by which half of the amount is expected.
        """
        if not self:
            return False
        half, so_far, expected = sum(self.mapped("amount")) / 2, 0.0, False
        for outlook in self.sorted("date_expected"):
            so_far += outlook.amount
            expected = outlook.date_expected
            if so_far >= half:
                break
        early, late = min(self.mapped("date_early")), max(self.mapped("date_late"))

        def show(day):
            pattern = "MMM d" if day.year == self[0].date.year else "MMM d, y"
            return format_date(self.env, day, date_format=pattern)

        return self.env._(
            "%(expected)s (%(early)s–%(late)s)",
            expected=show(expected), early=show(early), late=show(late),
        )

    @api.model
    def _cron_refresh(self):
        """Compute the outlook of every company anew, and keep the week's once a week."""
        self.env["res.company"]._run_collection_job(
            lambda company: self._refresh(company, company._get_collection_today()),
            "the payment outlook",
        )

    @api.model
    def _refresh(self, company, as_of):
        """Write a company's outlook in slices; a generator of how many were done.

        Only what changed is written. What a run that was cut off has written differs no more.
        """
        self.env["collection.cash.outlook"]._keep(company, as_of)
        forecast = self.env["collection.cash.forecast"]
        ledger = forecast._read_ledger(company, as_of)
        day = as_of.toordinal()
        for items in split_every(SLICE, ledger["items"], list):
            rows = []
            for item in items:
                days, chances = forecast._get_item_outlook(ledger, item)
                until_due = max(0, item[2].toordinal() - day)
                in_time = forecast._get_item_chance(ledger, item)(until_due) if until_due else 0.0
                rows.append((
                    item[0], item[3], 1 - in_time, *days,
                    *(chances[number] for number in PROBABILITY_DAYS),
                ))
            # What is as it was needs no commit: a run that was cut off comes past it.
            if written := self._write_rows(company, as_of, rows):
                yield written
        # The job's own records, whoever runs it.
        self.env["collection.cash.week"].sudo()._keep(company, as_of, ledger)
        self.flush_model()
        self.env.cr.execute(SQL(
            """DELETE FROM collection_payment_outlook
                WHERE company_id = %s AND NOT line_id = ANY(%s)""",
            company.id, [item[0] for item in ledger["items"]],
        ))
        self.invalidate_model()
        yield 0
        yield from self._note_risks(company)

    @api.model
    def _note_risks(self, company):
        """Tell the open cases of a company how likely their items are not paid soon.

        People and other jobs write cases, too: few are written in a transaction, which begins
        with locking them. A generator of how many were written.
        """
        self.env["account.move.line"].flush_model()
        shares = dict(self.env.execute_query(SQL(
            """
            SELECT case_.id, ROUND((1 - SUM(kept.amount_30) / SUM(kept.amount))::numeric, 3)::float
              FROM collection_payment_outlook kept
              JOIN account_move_line line ON line.id = kept.line_id
               AND line.collection_tier_id IS NOT NULL
              JOIN collection_case case_ ON case_.id = line.collection_case_id
               AND case_.stage != 'closed'
             WHERE kept.company_id = %s AND kept.amount > 0
          GROUP BY case_.id
            """, company.id,
        )))
        for ids in split_every(CASES, sorted(shares)):
            yield 0
            yield self.env["collection.case"]._note_risks({i: shares[i] for i in ids})

    @api.model
    def _write_rows(self, company, as_of, rows):
        """Write the outlook of some items in one statement; return how many differed."""
        self.flush_model()
        for name in ("collection.case", "res.partner", "account.move.line"):
            self.env[name].flush_model()
        columns = [list(values) for values in zip(*rows, strict=True)]
        probabilities = SQL(", ").join(
            SQL("EXCLUDED.%s", SQL.identifier(f"probability_{days}")) for days in PROBABILITY_DAYS
        )
        self.env.cr.execute(SQL(
            """
            INSERT INTO collection_payment_outlook AS kept
                   (company_id, line_id, move_id, partner_id, user_id, tier_id, date, date_due,
                    date_early, date_expected, date_late, probability_7, probability_14,
                    probability_30, probability_60, probability_90, amount, amount_30,
                    amount_late, share_late, create_uid, create_date, write_uid, write_date)
            SELECT %(company)s, line.id, line.move_id, customer.id,
                   COALESCE(case_.user_id, (customer.collector_id->>%(key)s)::int),
                   line.collection_tier_id, %(as_of)s,
                   COALESCE(line.date_maturity, line.date),
                   %(as_of)s::date + row.early, %(as_of)s::date + row.expected,
                   %(as_of)s::date + row.late, row.p7, row.p14, row.p30, row.p60, row.p90,
                   row.amount, ROUND((row.amount * row.p30)::numeric, %(digits)s),
                   ROUND((row.amount * row.late_share)::numeric, %(digits)s), row.late_share,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM unnest(%(c0)s::int[], %(c1)s::float[], %(c2)s::float[], %(c3)s::int[],
                          %(c4)s::int[], %(c5)s::int[], %(c6)s::float[], %(c7)s::float[],
                          %(c8)s::float[], %(c9)s::float[], %(c10)s::float[])
                   row (line_id, amount, late_share, early, expected, late,
                        p7, p14, p30, p60, p90)
              JOIN account_move_line line ON line.id = row.line_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
         LEFT JOIN collection_case case_ ON case_.partner_id = customer.id
               AND case_.company_id = %(company)s AND case_.stage != 'closed'
       ON CONFLICT (line_id) DO UPDATE
               SET (partner_id, user_id, tier_id, date, date_due, date_early, date_expected,
                    date_late, probability_7, probability_14, probability_30, probability_60,
                    probability_90, amount, amount_30,
                    amount_late, share_late, write_date)
                   = (EXCLUDED.partner_id, EXCLUDED.user_id, EXCLUDED.tier_id, EXCLUDED.date,
                      EXCLUDED.date_due, EXCLUDED.date_early, EXCLUDED.date_expected,
                      EXCLUDED.date_late, %(probabilities)s, EXCLUDED.amount,
                      EXCLUDED.amount_30, EXCLUDED.amount_late, EXCLUDED.share_late,
                      EXCLUDED.write_date)
             WHERE kept.date != EXCLUDED.date OR kept.amount != EXCLUDED.amount
                OR kept.date_expected != EXCLUDED.date_expected
                OR kept.user_id IS DISTINCT FROM EXCLUDED.user_id
                OR kept.tier_id IS DISTINCT FROM EXCLUDED.tier_id
            """,
            company=company.id, key=str(company.id), as_of=as_of, uid=self.env.uid,
            digits=company.currency_id.decimal_places, probabilities=probabilities,
            **{f"c{number}": column for number, column in enumerate(columns)},
        ))
        written = self.env.cr.rowcount
        self.invalidate_model()
        return written

    def action_open_invoice(self):
        """The invoice behind the item."""
        self.ensure_one()
        return self.move_id._get_records_action()
