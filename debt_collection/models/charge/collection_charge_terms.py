from decimal import Decimal

from odoo import api, fields, models

from ...tools.late_charge import Terms


class CollectionChargeTerms(models.Model):
    """What is charged on paying late: as agreed with customers, or as the law says (P4.2)."""

    _name = "collection.charge.terms"
    _description = "Terms of Late Charges"
    _inherit = ["collection.mixin", "collection.law.source"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    country_id = fields.Many2one(
        "res.country", "Statute Of", index="btree_not_null", ondelete="restrict",
        help="The country whose law these are: taken for its customers by policies that go by"
        " the country. The terms that come with the add-on are no legal advice: have counsel"
        " check.",
    )
    rate_id = fields.Many2one(
        "collection.rate", "Reference Rate", ondelete="restrict",
        help="Empty: the rate is a fixed number.",
    )
    rate = fields.Float("Rate (%)", digits=(9, 4))
    rate_unit = fields.Selection(
        [("year", "a Year"), ("day", "a Day")], required=True, default="year"
    )
    multiplier = fields.Float(
        default=1.0, digits=(7, 4), help="The reference rate is multiplied by it first."
    )
    margin = fields.Float(
        "Plus Points", digits=(7, 4), help="Percentage points added to the reference rate."
    )
    rate_mode = fields.Selection(
        [("fixed", "As on the First Day of Default"), ("floating", "As It Changes")],
        "Rate Applies", required=True, default="fixed",
    )
    rate_period = fields.Selection(
        [("day", "The Day Itself"), ("halfyear", "1 January or 1 July Before")],
        "Value In Force On", required=True, default="day",
    )
    day_base = fields.Selection(
        [("365", "365"), ("360", "360"), ("actual", "Actual (366 in Leap Years)")],
        "Days of a Year", required=True, default="365",
    )
    grace_days = fields.Integer("Days of Grace", help="Days after the due date without charge.")
    is_grace_charged = fields.Boolean(
        "Charge Them Once Over",
        help="An item still open after the days of grace is charged for them, too.",
    )
    allocation = fields.Selection(
        [
            ("principal", "Principal First"),
            ("interest", "Costs, Interest, Principal"),
        ],
        "Part Payments Cover",
        required=True,
        default="principal",
        help="The order that was agreed, or that the law says where nothing was.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        help="Currency of fees and minimum; other items are converted. Empty: each item's own.",
    )
    fee_ids = fields.One2many("collection.charge.fee", "terms_id", "Fees", copy=True)
    amount_minimum = fields.Float(
        "Minimum Charge", digits=(16, 2),
        help="An item with less than this, interest and fee together, is not charged yet.",
    )
    summary = fields.Char("In Words", compute="_compute_summary")
    source = fields.Text(help="Statute or contract clause.")
    _one_a_country = models.UniqueIndex(
        "(country_id, COALESCE(company_id, 0)) WHERE active AND country_id IS NOT NULL",
        "A country has one set of statutory terms.",
    )
    _values = models.Constraint(
        "CHECK(rate >= 0 AND rate <= 1000 AND multiplier >= 0 AND grace_days >= 0"
        " AND grace_days <= 3650 AND amount_minimum >= 0)",
        "Rates, multiplier, days of grace and minimum are zero or more.",
    )
    _people_share = True
    _people_create = {"company_id"}
    _people_write = {
        "*": {
            "country_id",
            "name", "active", "sequence", "rate_id", "rate", "rate_unit", "multiplier", "margin",
            "rate_mode", "rate_period", "day_base", "grace_days", "is_grace_charged", "allocation",
            "currency_id", "fee_ids", "amount_minimum", "source",
        },
    }

    @api.depends(
        "rate_id", "rate", "rate_unit", "multiplier", "margin", "rate_mode", "rate_period",
        "fee_ids.amount", "grace_days",
    )
    def _compute_summary(self):
        for terms in self:
            words = [terms._get_rate_words()]
            if terms.grace_days:
                words.append(self.env._("after %(days)s days of grace", days=terms.grace_days))
            fees = [
                f"{fee.amount:g}" for fee in terms.fee_ids.sorted("amount_from") if fee.amount
            ]
            if fees:
                words.append(
                    self.env._(
                        "plus %(currency)s %(fees)s once",
                        currency=terms.currency_id.name or "",
                        fees="/".join(fees),
                    )
                )
            terms.summary = ", ".join(words)

    def _get_rate_words(self):
        """The rate as people say it: “ECB + 8 points, by half-year”."""
        self.ensure_one()
        if not self.rate_id:
            unit = dict(self._fields["rate_unit"]._description_selection(self.env))
            return f"{self.rate:g} % {unit[self.rate_unit]}"
        words = self.rate_id.display_name or ""
        if self.multiplier != 1:
            words += f" × {self.multiplier:g}"
        if self.margin:
            words += self.env._(" + %(margin)s points", margin=f"{self.margin:g}")
        if self.rate_period == "halfyear":
            words += self.env._(" by half-year")
        return words

    def _get_rule(self, currency, company, day):
        """The pure terms for items in a currency; fees and minimum at the rate of a day.

        The caller makes sure of the exchange rate, see ``_has_exchange_rate``.
        """
        self.ensure_one()

        def convert(amount):
            own = self.currency_id
            if own and own != currency and amount:
                amount = own._convert(amount, currency, company, day)
            return Decimal(str(currency.round(amount)))

        return Terms(
            rate=Decimal(str(self.rate)),
            is_referenced=bool(self.rate_id),
            rate_unit="year" if self.rate_id else self.rate_unit,
            multiplier=Decimal(str(self.multiplier)),
            margin=Decimal(str(self.margin)),
            rate_mode=self.rate_mode,
            rate_period=self.rate_period,
            day_base=self.day_base,
            grace_days=self.grace_days,
            is_grace_charged=self.is_grace_charged,
            allocation=self.allocation,
            fee_tiers=tuple(
                (convert(fee.amount_from), convert(fee.amount)) for fee in self.fee_ids
            ),
            amount_minimum=convert(self.amount_minimum),
        )

    def _has_exchange_rate(self, currency, company):
        """Whether fees and minimum can be told in a currency: Odoo takes 1 where no rate is."""
        self.ensure_one()
        own = self.currency_id
        if not own or own == currency or not (self.fee_ids or self.amount_minimum):
            return True
        needed = (own | currency) - company.currency_id
        known = self.env["res.currency.rate"].sudo()._read_group(
            [
                ("currency_id", "in", needed.ids),
                ("company_id", "in", [False, company.root_id.id]),
            ],
            ["currency_id"],
        )
        return len(known) == len(needed)

