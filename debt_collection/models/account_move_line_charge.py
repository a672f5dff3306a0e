from decimal import Decimal

from odoo import api, models
from odoo.tools import format_date, groupby

from ..tools.late_charge import MissingRate, accrue

NOTHING = {
    "interest": 0.0, "fee": 0.0, "total": 0.0, "per_day": 0.0, "days": 0, "segments": (),
    "is_below_minimum": False,
}


class AccountMoveLine(models.Model):
    """What has accrued on items that are paid late, and is not charged yet (P4.2)."""

    _inherit = "account.move.line"

    def _get_collection_charges(self, as_of, pending=False, without=None):
        """Interest and fees accrued on these items up to the end of a day; nothing is written.

        The terms are the customer's, else those of the policy that is followed. Payments
        reduce the principal from the day after; what is on charges themselves is never
        charged. A fixed number of statements, whatever the number of items.

        :param date as_of: last day to count, inclusive
        :param bool pending: leave out what is asked for already, not only what is posted
        :param without: a ``collection.charge`` that counts as if it were not there
        :return: dict by item id of dicts ``interest fee total per_day`` (floats in the
            currency ``currency_id``), ``days``, ``charged_to`` (last day charged before, or
            ``False``), ``segments`` (see ``tools/late_charge.py``), ``is_below_minimum``,
            ``terms_id``, and ``missing``: words on what is not known, where all amounts are 0
            because of it, else ``False``. Items without terms are not in it.
        """
        items = self._get_charge_items()
        if not items:
            return {}
        ids = [item["id"] for item in items]
        cash, credits = self._get_charge_reductions(ids)
        charged = self.env["collection.charge.line"]._get_charged(ids, pending, without)
        rules = self._get_charge_rules(items, as_of)
        result, wanted = {}, set(self._ids)
        items.sort(key=lambda item: (item["date_due"], item["id"]))
        for _key, group in groupby(items, lambda item: item["fee_key"]):
            for item, accrued in self._accrue_invoice(
                group, as_of, rules, cash, credits, charged
            ):
                if item["id"] in wanted:
                    result[item["id"]] = accrued
        return result

    @api.model
    def _accrue_invoice(self, items, as_of, rules, cash, credits, charged):
        """Pairs (item, what accrued) of the items of one invoice, which bears one fee.

        The fee is on the item that it was charged on, else on the first that is late.
        """
        is_given = any(charged[item["id"]]["has_fee"] for item in items if item["id"] in charged)
        for item in items:
            before = charged.get(item["id"], {"days": [], "has_fee": False})
            common = {
                "currency_id": item["currency_id"],
                "terms_id": item["terms_id"],
                "charged_to": max(before["days"], default=False),
                "missing": False,
            }
            terms, table, precision, missing = rules[
                item["terms_id"], item["currency_id"], item["company_id"]
            ]
            if not missing:
                try:
                    accrual = accrue(
                        item["amount"], item["date_due"], as_of, terms, table,
                        payments=cash.get(item["id"], ()),
                        credits=credits.get(item["id"], ()),
                        charged_to=before["days"],
                        has_fee=before["has_fee"] or not is_given,
                        is_fee_charged=before["has_fee"],
                        precision=precision,
                    )
                except MissingRate as error:
                    missing = self.env._(
                        "No value of “%(rate)s” is known for %(date)s.",
                        rate=self.env["collection.charge.terms"]
                        .browse(item["terms_id"]).rate_id.name,
                        date=format_date(self.env, error.day),
                    )
            if missing:
                # The fee may be due on this item: it is not put on another one meanwhile.
                is_given = True
                yield item, {**NOTHING, **common, "missing": missing}
                continue
            is_given = is_given or bool(accrual.fee)
            yield item, {
                **common,
                "interest": float(accrual.interest),
                "fee": float(accrual.fee),
                "total": float(accrual.interest + accrual.fee),
                "per_day": float(accrual.per_day),
                "days": accrual.days,
                "segments": accrual.segments,
                "is_below_minimum": accrual.is_below_minimum,
            }

    @api.model
    def _get_charge_rules(self, items, as_of):
        """Terms, rate table, precision and words on what is missing, for each kind of item."""
        keys = {(item["terms_id"], item["currency_id"], item["company_id"]) for item in items}
        # Whose terms apply is no secret to whoever sees the item.
        all_terms_sudo = self.env["collection.charge.terms"].sudo().browse(
            {key[0] for key in keys}
        )
        tables = all_terms_sudo.rate_id._get_tables()
        rules = {}
        for terms_id, currency_id, company_id in keys:
            terms_sudo = all_terms_sudo.browse(terms_id)
            currency = self.env["res.currency"].browse(currency_id)
            # Settings of the company, whoever reckons.
            company_sudo = self.env["res.company"].sudo().browse(company_id)
            missing = False
            if not terms_sudo._has_exchange_rate(currency, company_sudo):
                missing = self.env._(
                    "No exchange rate from %(own)s to %(currency)s is known for the fee.",
                    own=terms_sudo.currency_id.name,
                    currency=currency.name,
                )
            rules[terms_id, currency_id, company_id] = (
                not missing and terms_sudo._get_rule(currency, company_sudo, as_of),
                tables.get(terms_sudo.rate_id.id),
                Decimal(str(currency.rounding)),
                missing,
            )
        return rules
