from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, format_date, groupby

from ...tools.late_charge import MissingRate, accrue, unknown_since

NOTHING = {
    "interest": 0.0, "fee": 0.0, "total": 0.0, "per_day": 0.0, "days": 0, "segments": (),
    "is_below_minimum": False,
}


class AccountMoveLine(models.Model):
    """What has accrued on items that are paid late, and is not charged yet (P4.2)."""

    _inherit = "account.move.line"

    collection_charge_total = fields.Monetary(
        "Late Charges",
        compute="_compute_collection_charge",
        currency_field="currency_id",
        help="Interest and fee accrued up to today and not charged yet; not in the books.",
    )
    collection_charge_per_day = fields.Monetary(
        "Interest a Day", compute="_compute_collection_charge", currency_field="currency_id"
    )
    collection_charged_to = fields.Date("Charged Up To", compute="_compute_collection_charge")
    collection_charge_note = fields.Char(
        "Why Not Charged", compute="_compute_collection_charge"
    )

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
            ``terms_id``, ``unknown_since``: the first day for which the last known value of the
            reference rate is used, else ``False``, and ``missing``: words on what is not known,
            where all amounts are 0 because of it, else ``False``. Items without terms are not
            in it.
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
                "unknown_since": False,
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
                "unknown_since": unknown_since(
                    accrual.segments, item["date_due"], terms, table
                ) or False,
            }

    @api.model
    def _get_charge_rules(self, items, as_of):
        """Terms, rate table, precision and words on what is missing, for each kind of item."""
        keys = {(item["terms_id"], item["currency_id"], item["company_id"]) for item in items}
        # Whose terms apply is no secret to whoever sees the item.
        all_terms_sudo = self.env["collection.charge.terms"].sudo().browse(
            {key[0] for key in keys}
        )
        tables = {
            is_carried_on: all_terms_sudo.rate_id._get_tables(is_carried_on)
            for is_carried_on in (False, True)
        }
        rules = {}
        for terms_id, currency_id, company_id in keys:
            terms_sudo = all_terms_sudo.browse(terms_id)
            currency = self.env["res.currency"].browse(currency_id)
            # Settings of the company, whoever reckons.
            company_sudo = self.env["res.company"].sudo().browse(company_id)
            missing = False
            if not terms_sudo._is_in_force(as_of):
                missing = terms_sudo._get_words_not_in_force(as_of)
            elif not terms_sudo._has_exchange_rate(currency, company_sudo):
                missing = self.env._(
                    "No exchange rate from %(own)s to %(currency)s is known for the fee.",
                    own=terms_sudo.currency_id.name,
                    currency=currency.name,
                )
            rules[terms_id, currency_id, company_id] = (
                not missing and terms_sudo._get_rule(currency, company_sudo, as_of),
                tables[company_sudo.collection_rate_unknown == "last"].get(
                    terms_sudo.rate_id.id
                ),
                Decimal(str(currency.rounding)),
                missing,
            )
        return rules

    # What the ledger says of items that late charges are taken on.

    def _get_charge_items(self):
        """The items of these that can be charged, and the others of the same invoices.

        Left out are credits, debit notes for late charges, entries excluded from follow-up, and
        items without terms.

        :return: list of dicts ``id company_id currency_id amount date_due terms_id fee_key``,
            amounts in the item's currency; items with one ``fee_key`` bear one fee
        """
        if not self._ids:
            return []
        for name in ("account.move", "account.account", "collection.case",
                     "collection.charge.terms", "collection.policy", "res.company",
                     "res.partner"):
            self.env[name].flush_model()
        self.flush_model()
        # As text: amounts are reckoned exactly, not as floats.
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH asked AS (
                    SELECT line.id, line.move_id, move.move_type
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                       AND move.is_collection_charge IS NOT TRUE
                     WHERE line.id = ANY(%(ids)s) AND line.parent_state = 'posted'
                ),
                item AS (
                    SELECT id, 'line,' || id AS fee_key FROM asked
                     WHERE move_type NOT IN ('out_invoice', 'out_receipt')
                 UNION ALL
                    SELECT line.id, 'move,' || line.move_id
                      FROM account_move_line line
                     WHERE line.move_id IN (
                        SELECT move_id FROM asked
                         WHERE move_type IN ('out_invoice', 'out_receipt'))
                )
                SELECT line.id, line.company_id, line.currency_id, line.date_maturity AS date_due,
                       ROUND(line.amount_currency, currency.decimal_places)::text AS amount,
                       COALESCE(own.id, statute.id, policy.charge_terms_id) AS terms_id,
                       item.fee_key
                  FROM item
                  JOIN account_move_line line ON line.id = item.id
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_currency currency ON currency.id = line.currency_id
                  JOIN res_company company ON company.id = line.company_id
             LEFT JOIN collection_case chased ON chased.id = line.collection_case_id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
             LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id
             LEFT JOIN collection_charge_terms own
                    ON own.id = (customer.collection_charge_terms_id->>(company.id::text))::int
             LEFT JOIN collection_policy policy ON policy.id = COALESCE(
                       chased.policy_id,
                       (customer.collection_policy_id->>(company.id::text))::int,
                       company.collection_policy_id)
             LEFT JOIN LATERAL (
                SELECT terms.id FROM collection_charge_terms terms
                 WHERE policy.is_charge_by_country AND terms.active
                   AND terms.country_id = customer.country_id
                   AND (terms.company_id IS NULL OR terms.company_id = company.id)
              ORDER BY terms.company_id NULLS LAST
                 LIMIT 1) statute ON TRUE
                 WHERE line.balance > 0 AND line.amount_currency > 0
                   AND line.date_maturity IS NOT NULL
                   AND line.no_followup IS NOT TRUE
                   AND COALESCE(own.id, statute.id, policy.charge_terms_id) IS NOT NULL
                """,
                ids=list(self._ids),
            )
        )
        return [{**row, "amount": Decimal(row["amount"])} for row in rows]

    def _get_charge_reductions(self, ids):
        """What reduced items, by item: money, and everything else.

        :return: two dicts of lists of pairs (date, amount in the item's currency)
        """
        source = self.env["collection.cash"]
        source._flush_cash()
        rows = self.env.execute_query(SQL(
            """
            SELECT part.item_id, part.date, part.kind = 'cash' AS is_cash,
                   SUM(part.amount_currency)::text
              FROM (%s) part
          GROUP BY 1, 2, 3
            HAVING SUM(part.amount_currency) != 0
            """,
            source._get_rows_sql(source._get_items_sql(SQL("line.id = ANY(%s)", ids))),
        ))
        cash, credits = {}, {}
        for line_id, date, is_cash, amount in rows:
            reductions = cash if is_cash else credits
            reductions.setdefault(line_id, []).append((date, Decimal(amount)))
        return cash, credits

    # Late charges as a memo on each item: they are in no book before they are posted.

    @api.depends("amount_residual_currency", "date_maturity", "parent_state", "partner_id")
    def _compute_collection_charge(self):
        nothing = {"total": 0, "per_day": 0, "charged_to": False, "missing": False}
        for company, lines in self.grouped("company_id").items():
            stored = lines.filtered(lambda line: isinstance(line.id, int))
            charges = (
                stored._get_collection_charges(company._get_collection_today()) if company else {}
            )
            for line in lines:
                charge = charges.get(line.id, nothing)
                line.collection_charge_total = charge["total"]
                line.collection_charge_per_day = charge["per_day"]
                line.collection_charged_to = charge["charged_to"]
                line.collection_charge_note = charge["missing"]

