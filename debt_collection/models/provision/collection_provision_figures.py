from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ...tools.provision import allowance, loss_rate, set_off, spread


class CollectionProvision(models.Model):
    """The provision matrix on the ledger of a month's last day: exposure times rate."""

    _inherit = "collection.provision"

    def _get_exposures(self):
        """The open items of the month's last day and the unmatched credits.

        :return: list of dicts as of the ageing with ``exposure``, and the sum of the credits,
            below zero; credits that were set off count in neither
        """
        self.ensure_one()
        rows = self.env["account.move.line"]._get_collection_ageing(
            self.date_exposure, self.company_id
        )
        items, credits_ = [], defaultdict(Decimal)
        for row in rows:
            residual = Decimal(str(row["residual"]))
            if residual > 0:
                items.append({**row, "exposure": residual})
            elif residual < 0:
                credits_[row["partner_id"]] -= residual
        if self.company_id.collection_provision_set_off:
            self._set_credits_off(items, credits_)
        return [item for item in items if item["exposure"]], -sum(credits_.values(), Decimal(0))

    def _set_credits_off(self, items, credits_):
        """Lessen customers' items by their credits, the longest overdue first."""
        by_partner = defaultdict(list)
        for item in items:
            # Nobody knows whose credit it is where no customer is named.
            if item["partner_id"] and item["partner_id"] in credits_:
                by_partner[item["partner_id"]].append(item)
        for partner_id, own in by_partner.items():
            own.sort(key=lambda item: (-item["days_overdue"], item["line_id"]))
            amounts = [item["exposure"] for item in own]
            left = set_off(amounts, credits_[partner_id])
            credits_[partner_id] -= sum(amounts) - sum(left)
            for item, exposure in zip(own, left, strict=True):
                item["exposure"] = exposure

    def _get_buckets(self, items):
        """The items sorted into tiers and segments, specific provisions last.

        :return: list of dicts ``tier segment_id specific rate exposure amount items``
        """
        company = self.company_id
        precision = Decimal(str(company.currency_id.rounding))
        rates = self.env["collection.loss.rate"]._get_rates(
            company, self.date_exposure, company.collection_provision_segments
        )
        specifics = self.env["collection.provision.specific"]._get_by_partner(
            company, self.date_exposure
        )
        tags = self._get_tags(items) if company.collection_provision_segments else {}
        tiers = self.env["collection.tier"]._get_ladder(company)
        order = {code: number for number, code in enumerate([False, *tiers.mapped("code")])}
        buckets = {}
        for item in items:
            code = item["tier_code"]
            specific = specifics.get(item["partner_id"])
            if specific and (code or specific.scope == "all"):
                key = (len(order), specific.id, 0)
                values = {"specific": specific}
            else:
                segment_id, *rate = self.env["collection.loss.rate"]._pick_rate(
                    rates, code, tags.get(item["partner_id"], ())
                )
                key = (order[code], segment_id or 0, 1)
                values = {"specific": False, "segment_id": segment_id, "rate": tuple(rate),
                          "tier": tiers.filtered(lambda tier, c=code: tier.code == c)}
            bucket = buckets.setdefault(key, {**values, "items": []})
            bucket["items"].append(item)
        result = [bucket for _key, bucket in sorted(buckets.items())]
        for bucket in result:
            bucket["exposure"] = sum(item["exposure"] for item in bucket["items"])
            if bucket["specific"]:
                bucket["amount"], bucket["rate"] = bucket["specific"]._get_allowance(
                    bucket["exposure"], precision
                )
            else:
                bucket["amount"] = allowance(
                    bucket["exposure"], loss_rate(*bucket["rate"]), precision
                )
        return result

    def _get_tags(self, items):
        """Ids of the customers' tags, by customer."""
        tags = defaultdict(list)
        self.env["res.partner"].flush_model(["category_id"])
        for partner_id, category_id in self.env.execute_query(SQL(
            "SELECT partner_id, category_id FROM res_partner_res_partner_category_rel"
            " WHERE partner_id = ANY(%s)",
            list({item["partner_id"] for item in items} - {False}),
        )):
            tags[partner_id].append(category_id)
        return tags

    def _prepare_line_vals(self, number, bucket):
        numerator, denominator = bucket["rate"]
        vals = {
            "provision_id": self.id,
            "currency_id": self.company_id.currency_id.id,
            "sequence": number,
            "exposure": float(bucket["exposure"]),
            "numerator": float(numerator),
            "denominator": float(denominator),
            "amount": float(bucket["amount"]),
            "item_count": len(bucket["items"]),
        }
        if bucket["specific"]:
            specific = bucket["specific"]
            return {**vals, "kind": "specific", "specific_id": specific.id,
                    "name": specific.display_name}
        segment = self.env["res.partner.category"].browse(bucket["segment_id"] or ())
        name = bucket["tier"].name or self.env._("Not Overdue")
        return {
            **vals,
            "kind": "matrix",
            "tier_id": bucket["tier"].id,
            "segment_id": segment.id,
            "name": f"{name} / {segment.name}" if segment else name,
        }

    # The figures of a provision: buckets, and what of them is each customer's and each item's.

    def _do_compute(self):
        """Make buckets, customers' shares and items anew; customers add up to their bucket."""
        self.ensure_one()
        self._clear_figures()
        items, credit = self._get_exposures()
        localized = self.company_id._in_collection_language(self)
        buckets = localized._get_buckets(items)
        lines = self.env["collection.provision.line"].create([
            localized._prepare_line_vals(number, bucket) for number, bucket in enumerate(buckets)
        ])
        self._insert_items([
            (line.id, item, amount)
            for line, bucket in zip(lines, buckets, strict=True)
            for item, amount in self._spread_bucket(bucket)
        ])
        self.previous_id = self._get_previous()
        self._insert_shares()
        self.write({
            "date_computed": fields.Datetime.now(),
            "amount_exposure": float(sum(item["exposure"] for item in items)),
            "amount_credit": float(credit),
            "amount_required": float(sum(bucket["amount"] for bucket in buckets)),
        })
        self.invalidate_recordset()

    def _clear_figures(self):
        """Drop buckets, shares and items, which may be many, in three statements."""
        for name in ("item", "share", "line"):
            model = self.env[f"collection.provision.{name}"]
            model.flush_model()
            self.env.cr.execute(SQL(
                "DELETE FROM %s WHERE provision_id = ANY(%s)",
                SQL.identifier(model._table), self.ids,
            ))
            model.invalidate_model()
        self.invalidate_recordset(["item_ids", "share_ids", "line_ids"])
        self.filtered("date_computed").write({
            "date_computed": False, "amount_exposure": 0, "amount_credit": 0,
            "amount_required": 0, "previous_id": False,
        })

    def _spread_bucket(self, bucket):
        """The bucket's allowance on its customers, then each customer's on the items."""
        precision = Decimal(str(self.company_id.currency_id.rounding))
        by_partner = defaultdict(list)
        for item in bucket["items"]:
            by_partner[item["partner_id"]].append(item)
        exposures = [sum(item["exposure"] for item in own) for own in by_partner.values()]
        shares = spread(bucket["amount"], exposures, precision)
        for own, share in zip(by_partner.values(), shares, strict=True):
            yield from zip(
                own, spread(share, [item["exposure"] for item in own], precision), strict=True
            )

    def _insert_items(self, rows):
        """Write the items in one statement: there may be a hundred thousand."""
        columns = list(zip(*(
            (line_id, item["line_id"], item["partner_id"] or None, item["days_overdue"],
             item["exposure"], amount)
            for line_id, item, amount in rows
        ), strict=True)) or [()] * 6
        self.env["collection.provision.line"].flush_model()
        self.env.execute_query(SQL(
            """
            INSERT INTO collection_provision_item
                   (provision_id, company_id, currency_id, line_id, move_line_id, partner_id,
                    days_overdue, exposure, amount, date_due,
                    create_uid, create_date, write_uid, write_date)
            SELECT %(id)s, %(company)s, %(currency)s, item.line_id, item.move_line_id,
                   item.partner_id, item.days, item.exposure, item.amount,
                   COALESCE(line.date_maturity, line.date),
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM unnest(%(lines)s::int[], %(move_lines)s::int[], %(partners)s::int[],
                          %(days)s::int[], %(exposures)s::numeric[], %(amounts)s::numeric[])
                   item (line_id, move_line_id, partner_id, days, exposure, amount)
              JOIN account_move_line line ON line.id = item.move_line_id
            RETURNING 1
            """,
            id=self.id,
            company=self.company_id.id,
            currency=self.company_id.currency_id.id,
            uid=self.env.uid,
            **dict(zip(
                ("lines", "move_lines", "partners", "days", "exposures", "amounts"),
                map(list, columns), strict=True,
            )),
        ))

    def _insert_shares(self):
        """Sum the items up by customer and set the provision before beside them."""
        self.flush_recordset()
        self.env.execute_query(SQL(
            """
            INSERT INTO collection_provision_share
                   (provision_id, month, company_id, currency_id, partner_id, exposure,
                    exposure_overdue, amount, amount_previous, change,
                    create_uid, create_date, write_uid, write_date)
            SELECT %(id)s, %(month)s, %(company)s, %(currency)s,
                   COALESCE(now.partner_id, before.partner_id),
                   COALESCE(now.exposure, 0), COALESCE(now.overdue, 0), COALESCE(now.amount, 0),
                   COALESCE(before.amount, 0),
                   COALESCE(now.amount, 0) - COALESCE(before.amount, 0),
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM (SELECT partner_id, SUM(exposure) AS exposure, SUM(amount) AS amount,
                           SUM(exposure) FILTER (WHERE days_overdue > 0) AS overdue
                      FROM collection_provision_item WHERE provision_id = %(id)s
                  GROUP BY partner_id) now
         FULL JOIN (SELECT partner_id, amount FROM collection_provision_share
                     WHERE provision_id = %(previous)s AND amount != 0) before
                ON COALESCE(before.partner_id, 0) = COALESCE(now.partner_id, 0)
            RETURNING 1
            """,
            id=self.id,
            month=self.month,
            company=self.company_id.id,
            currency=self.company_id.currency_id.id,
            previous=self.previous_id.id or 0,
            uid=self.env.uid,
        ))

    def _get_previous(self):
        """The latest posted provision of an earlier month."""
        return self.search([
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
            ("month", "<", self.month),
        ], order="month desc", limit=1)

    def _is_up_to_date(self):
        """Whether the ledger of the day still is what the figures were computed from."""
        items, credit = self._get_exposures()
        currency = self.company_id.currency_id
        return (
            len(items) == len(self.item_ids)
            and not currency.compare_amounts(
                float(sum(item["exposure"] for item in items)), self.amount_exposure
            )
            and not currency.compare_amounts(float(credit), self.amount_credit)
            and self.previous_id == self._get_previous()
        )

