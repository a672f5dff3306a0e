from odoo import api, models
from odoo.fields import Command


class CollectionLetter(models.Model):
    """Drafts for one customer or five hundred: one way of writing them (P3.4)."""

    _inherit = "collection.letter"

    @api.model
    def _draft_letters(self, company, wanted, as_of):
        """Write drafts; one that would claim nothing is not written.

        :param wanted: list of dicts ``partner kind`` and, where known, ``case step
            template items user channel is_ahead vals``
        :return: the letters, of the same kind in the order wanted
        """
        vals_list = []
        by_kind = {}
        for row in self._choose_templates(company, wanted):
            by_kind.setdefault(row["kind"], []).append(row)
        for kind, rows in by_kind.items():
            partners = self.env["res.partner"].union(*(row["partner"] for row in rows))
            only = None
            if all(row.get("items") for row in rows):
                only = self.env["account.move.line"].union(*(row["items"] for row in rows))
            claims = self._get_claims(company, partners, kind, as_of, only)
            credits = self._get_credits(company, partners)
            for row in rows:
                lines = claims.get(row["partner"].id, [])
                if row.get("items"):
                    lines = [line for line in lines if line["move_line_id"] in row["items"].ids]
                if lines:
                    vals_list.append(
                        self._prepare_draft(company, row, lines,
                                            credits.get(row["partner"].id, {}), as_of)
                    )
        return self.create(vals_list)

    @api.model
    def _choose_templates(self, company, wanted):
        """The same with templates, each kind and tier looked up once; lawyers have their own."""
        chosen, rows = {}, []
        for row in wanted:
            tier = row["case"].tier_id if row.get("case") else self.env["collection.tier"]
            key = (row["kind"], tier, row.get("is_ahead", False))
            if not row.get("template") and row["kind"] != "lawyer":
                if key not in chosen:
                    chosen[key] = self.env["collection.letter.template"]._choose(
                        row["kind"], tier, company, row.get("is_ahead", False)
                    )
                row = {**row, "template": chosen[key]}
            rows.append(row)
        return rows

    @api.model
    def _prepare_draft(self, company, row, lines, credits, as_of):
        """Values of a draft with its lines and totals."""
        case = row.get("case") or self.env["collection.case"]
        user = row.get("user") or case.user_id or row["partner"].with_company(company).collector_id
        stub = self.new({
            "kind": row["kind"],
            "partner_id": row["partner"].id,
            "company_id": company.id,
            "case_id": case.id,
            "user_id": user.id,
            "date": as_of,
            "is_ahead": row.get("is_ahead", False),
            "template_id": row["template"].id if row.get("template") else False,
        })
        defaults = stub._prepare_defaults()
        if row.get("channel"):
            defaults["channel"] = row["channel"]
        stub.update({"lang": defaults["lang"]})
        totals, amount_total = stub._prepare_totals(lines, credits)
        step = row.get("step")
        return {
            "kind": row["kind"],
            "partner_id": row["partner"].id,
            "company_id": company.id,
            "case_id": case.id,
            "case_step_id": step.id if step else False,
            "user_id": user.id,
            "date": as_of,
            "is_ahead": row.get("is_ahead", False),
            **defaults,
            "line_ids": [
                Command.create({**line, "is_ahead": row.get("is_ahead", False)}) for line in lines
            ],
            "total_ids": [Command.create(vals) for vals in totals],
            "amount_total": amount_total,
            **row.get("vals", {}),
        }
