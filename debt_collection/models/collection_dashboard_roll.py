from decimal import Decimal

from odoo import api, fields, models

from ..tools import indicators


class CollectionDashboard(models.AbstractModel):
    """The roll-rate matrix: from which tier to which, month by month (P5.1)."""

    _inherit = "collection.dashboard"

    @api.model
    def _get_roll(self, company, date):
        """The matrices of the twelve months before, as frozen, the latest first.

        A tier that is no longer in the ladder keeps its code as its name.

        :return: list of dicts ``month columns rows``; a cell has the number and amount of the
            items that went from the row's tier to the column's, and their shares in per cent
        """
        # Frozen figures of the company; the dashboard shows them to managers alone.
        rates_sudo = self.env["collection.roll.rate"].sudo().search([
            ("company_id", "=", company.id), ("month", "in", self._get_month_starts(date)),
        ])
        ladder = self.env["collection.tier"]._get_ladder(company).sorted("day_from")
        names = {False: self.env._("Not Due"), **{tier.code: tier.name for tier in ladder}}
        return [
            {"month": fields.Date.to_string(month), **self._get_matrix(those, names)}
            for month, those in rates_sudo.grouped("month").items()
        ]

    @api.model
    def _get_matrix(self, rates, names):
        codes = list(dict.fromkeys([*names, *rates.mapped("tier_from"), *rates.mapped("tier_to")]))
        cells = {
            (rate.tier_from, "settled" if rate.is_settled else rate.tier_to): rate
            for rate in rates
        }
        columns = [(code, names.get(code, code)) for code in codes]
        columns.append(("settled", self.env._("Settled")))
        return {
            "columns": [name for _code, name in columns],
            "rows": [
                {
                    "name": names.get(code, code),
                    "cells": [self._get_cell(cells.get((code, to))) for to, _name in columns],
                }
                for code in codes
            ],
        }

    @api.model
    def _get_cell(self, rate):
        if not rate:
            return {"id": False, "count": 0, "amount": 0, "count_share": 0, "amount_share": 0}
        return {
            "id": rate.id,
            "count": rate.item_count,
            "amount": rate.amount,
            "count_share": self._get_share(rate.item_count, rate.item_count_from),
            "amount_share": self._get_share(rate.amount, rate.amount_from),
        }

    @api.model
    def _get_share(self, part, whole):
        """Per cent, rounded as all indicators are."""
        return float(indicators.rate(Decimal(str(part)), Decimal(str(whole))) or 0)
