import csv
import io
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, split_every

from ...tools.csv_safe import neutralise
from ...tools.payment_outlook import Z_80
from ...tools.spreadsheet import HEAD_HEIGHT, add_formats, open_book, write_cell
from .collection_cash_outlook import WEEKS

LEAST = 0.005
SLICE = 5000


class CollectionCashWeek(models.Model):
    """The cash expected in each of the next weeks, by customer, collector and tier.

    Computed every night with the payment outlook, by the rule that the company's weeks show.
    The band of several rows is that of their sum: it is narrower than the sum of their bands.
    """

    _name = "collection.cash.week"
    _description = "Cash Expected by Week"
    _inherit = "collection.mixin"
    _order = "date_from, expected desc, id"
    _rec_name = "date_from"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Computed On", required=True, readonly=True)
    week = fields.Integer("Weeks Ahead", required=True, readonly=True, aggregator=None)
    date_from = fields.Date("Week From", required=True, readonly=True)
    date_to = fields.Date("Week To", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Collector", readonly=True, index="btree_not_null", ondelete="set null"
    )
    tier_id = fields.Many2one(
        "collection.tier", readonly=True, ondelete="set null", help="Empty: not yet due."
    )
    method = fields.Selection(
        [("outlook", "Payment Outlook"), ("usual", "Payment Behavior")], "Rule Shown",
        required=True, readonly=True,
    )
    expected = fields.Monetary(readonly=True)
    low = fields.Monetary(readonly=True, help="One time out of ten there comes less.")
    high = fields.Monetary(readonly=True, help="One time out of ten there comes more.")
    variance = fields.Float(readonly=True, help="Of the expected amount; the bands rest on it.")
    amount_late = fields.Monetary(
        "From Overdue Items", readonly=True, help="What of it comes for items overdue today."
    )

    @api.model
    def _get_band_sql(self, expected, variance, sign):
        """A bound of the band as `get_band` has it, of aggregates or of single values."""
        return SQL(
            """CASE WHEN %(expected)s <= 0 THEN 0
                    WHEN %(variance)s <= 0 THEN %(expected)s
                    ELSE %(expected)s * GREATEST(0,
                         1 - %(variance)s / (9 * %(expected)s ^ 2)
                         + %(z)s * sqrt(%(variance)s) / (3 * %(expected)s)) ^ 3 END""",
            expected=expected, variance=variance, z=sign * Z_80,
        )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, how = aggregate_spec.partition(":")
        if name not in ("low", "high") or how not in ("sum", "sum_currency"):
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        expected = SQL("SUM(%s)::float", self._field_to_sql(self._table, "expected", query))
        variance = SQL("SUM(%s)::float", self._field_to_sql(self._table, "variance", query))
        # The band as a share of the sum is the same in any currency.
        band = self._get_band_sql(expected, variance, 1 if name == "high" else -1)
        if how == "sum_currency":
            converted = super()._read_group_select("expected:sum_currency", query)
            return SQL("(%s / NULLIF(%s, 0) * %s)::numeric", band, expected, converted)
        return SQL("(%s)::numeric", band)

    @api.model
    def _keep(self, company, as_of, ledger):
        """Replace a company's weeks by those that follow a day.

        :param ledger: what ``collection.cash.forecast._read_ledger`` says of the day
        """
        spread = self.env["collection.cash.outlook"].sudo()._get_spread(company, as_of)
        groups = self._read_groups(company, ledger)
        if spread is None:
            rows = self._get_rows(ledger, groups)
        else:
            rows = self._get_usual_rows(company, as_of, ledger, groups, spread)
        self.flush_model()
        self.env.cr.execute(SQL(
            "DELETE FROM collection_cash_week WHERE company_id = %s", company.id
        ))
        for part in split_every(SLICE, rows, list):
            self._insert(company, as_of, "outlook" if spread is None else "usual", part)
        self.invalidate_model()

    @api.model
    def _read_groups(self, company, ledger):
        """By item id, the collector and the tier it belongs to today."""
        for name in ("account.move.line", "collection.case", "res.partner"):
            self.env[name].flush_model()
        return {
            line_id: (user_id, tier_id)
            for line_id, user_id, tier_id in self.env.execute_query(SQL(
                """
                SELECT line.id, COALESCE(case_.user_id, (customer.collector_id->>%(key)s)::int),
                       line.collection_tier_id
                  FROM account_move_line line
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
             LEFT JOIN collection_case case_ ON case_.partner_id = customer.id
                   AND case_.company_id = %(company)s AND case_.stage != 'closed'
                 WHERE line.id = ANY(%(ids)s)
                """,
                company=company.id, key=str(company.id),
                ids=[item[0] for item in ledger["items"]],
            ))
        }

    @api.model
    def _get_rows(self, ledger, groups):
        """Tuples ``week customer user tier expected variance`` by the payment outlook."""
        outlook = ledger["outlook"]
        parts = self.env["collection.cash.forecast"]._get_week_parts(
            ledger, WEEKS, lambda item: (item[1], *groups.get(item[0], (None, None)))
        )
        by_customer = defaultdict(lambda: [[0.0, 0.0] for _week in range(WEEKS)])
        for (customer, _user, _tier), weeks in parts.items():
            for total, (_expected, single, spread) in zip(
                by_customer[customer], weeks, strict=True
            ):
                total[0] += single
                total[1] += spread
        for (customer, user, tier), weeks in parts.items():
            for number, (expected, single, _spread) in enumerate(weeks):
                if expected < LEAST:
                    continue
                # A customer's variance is that of its items partly together, shared out.
                whole = by_customer[customer][number]
                variance = (outlook.width * outlook.get_spread([whole])) ** 2
                share = single / whole[0] if whole[0] else 0.0
                yield number + 1, customer, user, tier, expected, variance * share

    @api.model
    def _get_usual_rows(self, company, as_of, ledger, groups, spread):
        """The same by the usual delay, where that was closer."""
        usual = self.env["collection.cash.forecast"]._get_usual_delays(company, as_of)
        sums = defaultdict(float)
        totals = defaultdict(float)
        for line_id, customer, due, residual in ledger["items"]:
            days = max(1, (due - as_of).days + usual.get(customer, usual[None]))
            week = (days - 1) // 7 + 1
            if week <= WEEKS:
                sums[(week, customer, *groups.get(line_id, (None, None)))] += residual
                totals[week] += residual
        for (week, customer, user, tier), amount in sums.items():
            # Shared out by amount, so that the sum has the company's band.
            variance = (totals[week] * spread) ** 2 * amount / totals[week]
            yield week, customer, user, tier, amount, variance

    @api.model
    def _insert(self, company, as_of, method, rows):
        columns = [list(values) for values in zip(*rows, strict=True)]
        self.env.cr.execute(SQL(
            """
            INSERT INTO collection_cash_week
                   (company_id, date, week, date_from, date_to, partner_id, user_id, tier_id,
                    method, expected, low, high, variance, amount_late,
                    create_uid, create_date, write_uid, write_date)
            SELECT %(company)s, %(as_of)s, row.week, %(as_of)s::date + 7 * row.week - 6,
                   %(as_of)s::date + 7 * row.week, row.partner_id, row.user_id, row.tier_id,
                   %(method)s, ROUND(row.expected::numeric, %(digits)s),
                   ROUND((%(low)s)::numeric, %(digits)s), ROUND((%(high)s)::numeric, %(digits)s),
                   row.variance,
                   CASE WHEN row.tier_id IS NULL THEN 0
                        ELSE ROUND(row.expected::numeric, %(digits)s) END,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM unnest(%(c0)s::int[], %(c1)s::int[], %(c2)s::int[], %(c3)s::int[],
                          %(c4)s::float[], %(c5)s::float[])
                   row (week, partner_id, user_id, tier_id, expected, variance)
            """,
            company=company.id, as_of=as_of, method=method, uid=self.env.uid,
            digits=company.currency_id.decimal_places,
            low=self._get_band_sql(SQL("row.expected"), SQL("row.variance"), -1),
            high=self._get_band_sql(SQL("row.expected"), SQL("row.variance"), 1),
            **{f"c{number}": column for number, column in enumerate(columns)},
        ))

    # What treasury takes along: docs/forecast.md documents the layout.

    @api.model
    def _get_export_columns(self):
        """Tuples of the column's name in the file and of its kind; the names are not translated."""
        return [
            ("company", "text"), ("currency", "text"), ("computed_on", "date"),
            ("rule", "text"), ("week", "number"), ("date_from", "date"), ("date_to", "date"),
            ("customer", "text"), ("customer_ref", "text"), ("collector", "text"),
            ("expected", "money"), ("low", "money"), ("high", "money"),
            ("from_overdue", "money"),
        ]

    @api.model
    def _check_can_export(self):
        user = self.env.user
        if not (
            user.has_group("debt_collection.group_finance")
            or user.has_group("debt_collection.group_manager")
        ):
            raise AccessError(self.env._("Treasury's file is for finance and managers."))

    @api.model
    def _get_export_rows(self, by_customer):
        """The rows of the active companies: a row a week, or a row a customer and week."""
        self._check_can_export()
        names = ["company_id", "date:day", "method", "week", "date_from:day", "date_to:day"]
        if by_customer:
            names += ["partner_id", "user_id"]
        for company, day, method, week, first, last, *who, expected, low, high, late in (
            self._read_group(
                [("company_id", "in", self.env.companies.ids)], names,
                ["expected:sum", "low:sum", "high:sum", "amount_late:sum"],
            )
        ):
            partner, user = who or (self.env["res.partner"], self.env["res.users"])
            digits = company.currency_id.decimal_places
            yield (
                company.name, company.currency_id.name, day, method, week, first, last,
                partner.display_name or "", partner.ref or "", user.name or "",
                *(round(float(amount or 0), digits) for amount in (expected, low, high, late)),
            )

    @api.model
    def _get_treasury_csv(self):
        """All rows as CSV, weeks first and then customers; bytes, UTF-8 with BOM."""
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow([name for name, _kind in self._get_export_columns()])
        for by_customer in (False, True):
            for row in self._get_export_rows(by_customer):
                writer.writerow([neutralise(value) for value in row])
        return output.getvalue().encode("utf-8-sig")

    @api.model
    def _get_treasury_xlsx(self):
        """The same as a spreadsheet of two sheets: the file's bytes."""
        output, book = open_book()
        formats = add_formats(book, 2)
        columns = self._get_export_columns()
        for by_customer, title in ((False, "Weeks"), (True, "Customers")):
            sheet = book.add_worksheet(title)
            sheet.set_row(0, HEAD_HEIGHT)
            sheet.set_column(0, len(columns) - 1, 14)
            count = 0
            for column, (name, _kind) in enumerate(columns):
                sheet.write_string(0, column, name, formats["head"])
            for count, row in enumerate(self._get_export_rows(by_customer), 1):
                for column, (value, (_name, kind)) in enumerate(zip(row, columns, strict=True)):
                    write_cell(sheet, count, column, value, kind, formats)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, count, len(columns) - 1)
        book.close()
        return output.getvalue()

    @api.model
    def action_export(self, kind="xlsx"):
        """Treasury's file of the active companies, ``csv`` or ``xlsx``."""
        self._check_can_export()
        companies = "-".join(map(str, self.env.companies.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/debt_collection/treasury/{companies}/{'csv' if kind == 'csv' else 'xlsx'}",
            "target": "download",
        }
