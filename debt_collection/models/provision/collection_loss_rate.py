from decimal import Decimal

from odoo import api, fields, models

from ...tools.provision import loss_rate

DIGITS = (16, 6)


class CollectionLossRate(models.Model):
    """What share of a bucket of receivables is expected to be lost, from a day on.

    A rate is kept as two figures, so that 2 of 23 stays exact; the percentage is read from
    them. Without a rate a tier loses what the tier itself says, and what is not overdue nothing.
    """

    _name = "collection.loss.rate"
    _description = "Loss Rate"
    _inherit = "collection.mixin"
    _order = "company_id, date_start desc, category_id, tier_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    tier_id = fields.Many2one(
        "collection.tier", ondelete="cascade", check_company=True, index=True,
        help="Empty: what is not overdue.",
    )
    category_id = fields.Many2one(
        "res.partner.category", "Segment", ondelete="cascade", index=True,
        help="Only for customers with this tag; of several, the highest rate counts. Empty: for"
        " all customers without a rate of their own.",
    )
    date_start = fields.Date(
        "Valid From", required=True,
        default=lambda self: self.env.company._get_collection_today().replace(day=1),
        help="First month end for which the rate counts is on or after this day.",
    )
    numerator = fields.Float("Lost", digits=DIGITS, required=True, default=0.0)
    denominator = fields.Float(digits=DIGITS, required=True, default=100.0)
    percent = fields.Float(
        "Rate (%)", digits=DIGITS, compute="_compute_percent", inverse="_inverse_percent",
        aggregator=None,
    )
    note = fields.Char("Based On", help="Where the rate comes from.")
    _once = models.UniqueIndex(
        "(company_id, COALESCE(tier_id, 0), COALESCE(category_id, 0), date_start)",
        "There is one loss rate of a tier, segment and day.",
    )
    _share = models.Constraint(
        "CHECK(denominator > 0 AND numerator >= 0 AND numerator <= denominator)",
        "A loss rate is a share between 0 and 100 percent.",
    )
    _people_create = {"company_id"}
    _people_write = {
        "*": {
            "tier_id", "category_id", "date_start", "numerator", "denominator", "percent", "note",
        },
    }

    @api.depends("numerator", "denominator")
    def _compute_percent(self):
        for rate in self:
            rate.percent = 100 * rate.numerator / rate.denominator if rate.denominator else 0.0

    def _inverse_percent(self):
        """Take a percentage, unless it only is what the two figures show already."""
        for rate in self:
            shown = 100 * rate.numerator / rate.denominator if rate.denominator else 0.0
            if round(shown, 6) != round(rate.percent, 6):
                rate.numerator, rate.denominator = rate.percent, 100.0

    @api.onchange("percent")
    def _onchange_percent(self):
        self._inverse_percent()

    @api.depends("tier_id", "category_id", "percent")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = self.env._(
                "%(bucket)s: %(percent)s%%",
                bucket=" / ".join(filter(None, [
                    rate.tier_id.name or self.env._("Not Overdue"), rate.category_id.name
                ])),
                percent=f"{rate.percent:g}",
            )

    @api.model
    def _get_rates(self, company, as_of, segments=False):
        """The rates in force on a day.

        :param date as_of: the day, inclusive
        :param bool segments: whether rates of customer tags count
        :return: dict of ``(numerator, denominator)`` in ``Decimal`` by tier code (``False`` for
            what is not overdue) and id of the segment (``False`` for everybody else)
        """
        # The matrix is the company's, whoever prepares the provision.
        rates_sudo = self.sudo().search([
            ("company_id", "=", company.id),
            ("date_start", "<=", as_of),
            *([] if segments else [("category_id", "=", False)]),
        ], order="date_start, id")
        rates = {(False, False): (Decimal(0), Decimal(100))}
        for tier in self.env["collection.tier"]._get_ladder(company):
            rates[tier.code, False] = (Decimal(str(round(tier.loss_rate, 4))), Decimal(100))
        for rate in rates_sudo:
            rates[rate.tier_id.code or False, rate.category_id.id] = (
                Decimal(str(round(rate.numerator, 6))), Decimal(str(round(rate.denominator, 6))),
            )
        return rates

    @api.model
    def _pick_rate(self, rates, tier_code, segment_ids):
        """The rate for an item of a tier of a customer with segments.

        :return: id of the segment (or ``False``), numerator, denominator
        """
        own = [
            (segment_id, *rates[tier_code, segment_id])
            for segment_id in sorted(segment_ids)
            if (tier_code, segment_id) in rates
        ]
        if own:
            return max(own, key=lambda rate: loss_rate(*rate[1:]))
        return False, *rates[tier_code, False]

