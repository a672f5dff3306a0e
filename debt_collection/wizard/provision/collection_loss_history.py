from decimal import Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.provision import loss_rate, roll_rates

MAX_MONTHS = 60


class CollectionLossHistory(models.TransientModel):
    """Loss rates from the company's own ledger, shown in full before anybody accepts them.

    *Never collected*: of what was open at each month end, the share that is neither paid nor
    credited so many months later; what was written off counts as lost. *Roll rates*: the share
    that is in a worse tier a month later, multiplied up to the ultimate loss rate.
    """

    _name = "collection.loss.history"
    _description = "Loss Rates from Own History"
    _inherit = "collection.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(
        [("never", "Never collected"), ("roll", "Roll rates")], required=True, default="never"
    )
    month_from = fields.Date(
        "First Month", required=True,
        default=lambda self: self._get_default_month(23),
    )
    month_to = fields.Date(
        "Last Month", required=True,
        default=lambda self: self._get_default_month(12),
    )
    horizon = fields.Integer(
        "Lost After (Months)", default=12, required=True,
        help="What is open or written off so many months after a month end is lost.",
    )
    worst_percent = fields.Float(
        "Loss of the Highest Overdue Band (%)", default=100.0, digits=(16, 6),
        help="Ultimate loss rate.",
    )
    category_id = fields.Many2one("res.partner.category", "Segment")
    date_start = fields.Date(
        "Valid From", required=True,
        default=lambda self: self.env.company._get_collection_today().replace(day=1),
    )
    line_ids = fields.One2many("collection.loss.history.line", "history_id", readonly=True)
    rate_ids = fields.One2many("collection.loss.history.rate", "history_id", readonly=True)

    @api.model
    def _get_default_month(self, months):
        today = self.env.company._get_collection_today()
        return today.replace(day=1) - relativedelta(months=months + 1)

    def action_compute(self):
        """Show what the ledger says of the chosen months."""
        self.ensure_one()
        self._check_role()
        month_ends = self._get_month_ends()
        step = self.horizon if self.method == "never" else 1
        codes = [False, *(self._get_ladder().mapped("code"))]
        # The whole ledger counts, whichever entries the user may open.
        found = [
            (day, self.sudo()._measure(day, day + relativedelta(months=step, day=31), codes))
            for day in month_ends
        ]
        self.line_ids = [Command.clear()] + [
            Command.create({"date": day, "bucket": self._get_bucket_name(code), **figures[code]})
            for day, figures in found
            for code in codes
        ]
        totals = {
            code: {
                key: sum(Decimal(str(figures[code][key])) for _day, figures in found)
                for key in ("exposure", "lost", "worse")
            }
            for code in codes
        }
        self.rate_ids = [Command.clear()] + [
            Command.create({
                "tier_id": self._get_ladder().filtered(lambda tier, c=code: tier.code == c).id,
                "bucket": self._get_bucket_name(code),
                "numerator": numerator,
                "denominator": denominator,
            })
            for code, (numerator, denominator) in self._get_rates(totals, codes).items()
        ]
        return self._get_reopened()

    def _check_role(self):
        if not (
            self.env.user.has_group("debt_collection.group_finance")
            or self.env.user.has_group("debt_collection.group_manager")
        ):
            raise AccessError(self.env._("Only finance and managers set loss rates."))

    def _get_ladder(self):
        return self.env["collection.tier"]._get_ladder(self.company_id)

    def _get_bucket_name(self, code):
        tier = self._get_ladder().filtered(lambda tier: tier.code == code)
        return tier.name or self.env._("Not Overdue")

    def _get_month_ends(self):
        """Last days of the months; a ``UserError`` if what follows is not known yet."""
        first, last = (day.replace(day=1) for day in (self.month_from, self.month_to))
        step = self.horizon if self.method == "never" else 1
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        if not 1 <= months <= MAX_MONTHS or self.horizon < 1:
            raise UserError(
                self.env._(
                    "Choose 1 to %(count)s months, the first before the last, and at least one"
                    " month after which a debt is lost.", count=MAX_MONTHS,
                )
            )
        if last + relativedelta(months=step, day=31) > self.company_id._get_collection_today():
            raise UserError(
                self.env._(
                    "What became of the debts of %(month)s is not known yet: it takes %(count)s"
                    " months. Choose an earlier last month.",
                    month=f"{last:%Y-%m}", count=step,
                )
            )
        return [first + relativedelta(months=number, day=31) for number in range(months)]

    def action_accept(self):
        """Take the rates that are shown, from their day on."""
        self.ensure_one()
        self._check_role()
        if not self.rate_ids:
            raise UserError(
                self.env._("There are no rates to accept: compute them from months with debts.")
            )
        rates = self.env["collection.loss.rate"]
        rates.search([
            ("company_id", "=", self.company_id.id),
            ("category_id", "=", self.category_id.id),
            ("date_start", "=", self.date_start),
            ("tier_id", "in", [*self.rate_ids.tier_id.ids, False]),
        ]).filtered(lambda rate: rate.tier_id in self.rate_ids.mapped("tier_id")
                    or not rate.tier_id).unlink()
        note = self.env._(
            "%(method)s, %(first)s to %(last)s",
            method=dict(self._fields["method"]._description_selection(self.env))[self.method],
            first=f"{self.month_from:%Y-%m}",
            last=f"{self.month_to:%Y-%m}",
        )
        rates |= rates.create([
            {
                "company_id": self.company_id.id,
                "tier_id": rate.tier_id.id,
                "category_id": self.category_id.id,
                "date_start": self.date_start,
                "numerator": rate.numerator,
                "denominator": rate.denominator,
                "note": note,
            }
            for rate in self.rate_ids
        ])
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "debt_collection.collection_loss_rate_action"
            ),
            "target": "main",
        }

    def _get_reopened(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Loss Rates from Own History"),
        }

    # What became of the debts of a month end, and the rates that follow from it.

    def _measure(self, day, later, codes):
        """What was open on a day and what became of it, by tier code, in one statement.

        :return: dict by code of ``exposure``, ``lost`` (open or written off later) and ``worse``
            (in a worse tier later)
        """
        lines, cash = self.env["account.move.line"], self.env["collection.cash"]
        cash._flush_cash()
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT early.tier_code, late.tier_code, SUM(early.residual),
                       SUM(LEAST(COALESCE(late.residual, 0), early.residual)),
                       SUM(LEAST(COALESCE(written.amount, 0), early.residual))
                  FROM (%(early)s) early
             LEFT JOIN (%(late)s) late ON late.line_id = early.line_id
             LEFT JOIN (
                SELECT part.item_id, SUM(part.amount) AS amount
                  FROM (%(settled)s) part
                 WHERE part.kind = 'write_off'
                   AND part.date > %(day)s AND part.date <= %(later)s
              GROUP BY part.item_id) written ON written.item_id = early.line_id
                 WHERE early.residual > 0 %(segment)s
              GROUP BY early.tier_code, late.tier_code
                """,
                early=lines._get_collection_ageing_sql(day, self.company_id),
                late=lines._get_collection_ageing_sql(later, self.company_id),
                settled=cash._get_rows_sql(cash._get_items_sql(SQL(
                    """line.balance > 0 AND line.id IN (
                       SELECT debit_move_id FROM account_partial_reconcile
                        WHERE company_id = %s AND max_date > %s AND max_date <= %s)""",
                    self.company_id.id, day, later,
                ))),
                day=day,
                later=later,
                segment=SQL(
                    "AND EXISTS (SELECT FROM res_partner_res_partner_category_rel tag"
                    " WHERE tag.partner_id = early.partner_id AND tag.category_id = %s)",
                    self.category_id.id,
                ) if self.category_id else SQL(),
            )
        )
        figures = {code: {"exposure": 0.0, "lost": 0.0, "worse": 0.0} for code in codes}
        rank = {code: number for number, code in enumerate(codes)}
        for early, late, exposure, still_open, written in rows:
            row = figures[early or False]
            row["exposure"] += exposure
            row["lost"] += min(exposure, still_open + written)
            if rank[late or False] > rank[early or False]:
                row["worse"] += still_open
            # What was written off within the month has rolled to the end.
            row["worse"] += written
        return figures

    def _get_rates(self, totals, codes):
        """Numerator and denominator by tier code; without history there is no rate."""
        if self.method == "never":
            return {
                code: (float(min(total["lost"], total["exposure"])), float(total["exposure"]))
                for code, total in totals.items()
                if total["exposure"] > 0
            }
        try:
            worst = loss_rate(Decimal(str(round(self.worst_percent, 6))))
        except ValueError:
            raise UserError(
                self.env._("The ultimate loss rate is between 0 and 100 percent.")
            ) from None
        if not any(total["exposure"] for total in totals.values()):
            return {}
        rates = roll_rates(
            [(totals[code]["exposure"], totals[code]["worse"]) for code in codes[:-1]], worst
        )
        return {
            code: (float(round(rate * Fraction(100), 6)), 100.0)
            for code, rate in zip(codes, rates, strict=True)
        }

