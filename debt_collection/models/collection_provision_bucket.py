from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..tools.provision import allowance, loss_rate, set_off


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
