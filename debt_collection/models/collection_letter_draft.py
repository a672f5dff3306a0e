from datetime import timedelta

from odoo import api, models
from odoo.fields import Command

from .collection_letter_template import TEXTS


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
        for row in wanted:
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

    def _prepare_defaults(self):
        """What kind, customer and company decide on: template, words, recipient, deadline."""
        self.ensure_one()
        company = self.company_id
        partner = self.partner_id.commercial_partner_id
        tier = self.case_id.tier_id
        template = self.template_id or self.env["collection.letter.template"]._choose(
            self.kind, tier, company, self.is_ahead
        )
        contact = self.contact_id or partner._get_collection_contact()
        lang = contact.lang or partner.lang or company.sudo().partner_id.lang or self.env.lang
        worded = template.with_context(lang=lang)
        vals = {
            "template_id": template.id,
            "tier_id": tier.id,
            "contact_id": contact.id,
            "lang": lang,
            "channel": self._choose_channel(template, contact),
            "date_deadline": self._get_deadline(template),
            **{name: worded[name] for name in TEXTS},
        }
        return {**vals, **self._prepare_people(partner, contact)}

    def _get_deadline(self, template):
        """The last day to pay that the letter gives; before the due date it is that day."""
        if self.is_ahead:
            return max(self.line_ids.mapped("date_due"), default=False)
        days = (
            template._get_deadline_days(self.company_id)
            if template
            else self.company_id.sudo()[f"collection_deadline_{self.kind}"]
        )
        return self.date + timedelta(days=days)

    @api.model
    def _choose_channel(self, template, contact):
        if template.channel in ("email", "post", "hand"):
            return template.channel
        return "email" if contact.email else "post"

    def _prepare_people(self, partner, contact):
        """Who writes to whom, as it is printed."""
        self.ensure_one()
        user_sudo = self.user_id.sudo()
        company_sudo = self.company_id.sudo()
        return {
            "partner_name": partner.name,
            "address": self._get_address(partner, contact),
            "company_name": company_sudo.name,
            "contact_name": user_sudo.name or company_sudo.name,
            "contact_phone": user_sudo.phone or company_sudo.phone,
            "contact_email": user_sudo.email or company_sudo.email,
            "signatory": company_sudo.collection_signatory or user_sudo.name,
        }

    @api.model
    def _get_address(self, partner, contact):
        """Legal name, contact, street and so on, a line each; the contact's own address first."""
        place = contact if contact.street or contact.city or contact.zip else partner
        lines = place._display_address(without_company=True).splitlines()
        names = [partner.name]
        if contact != partner and contact.name:
            names.append(contact.name)
        return "\n".join(line.strip() for line in (*names, *lines) if (line or "").strip())
