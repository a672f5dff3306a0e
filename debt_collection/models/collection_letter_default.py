from datetime import timedelta

from odoo import api, models

from .collection_letter_template import TEXTS


class CollectionLetter(models.Model):
    """What kind, customer and company decide on, wherever a letter is begun (P3.4)."""

    _inherit = "collection.letter"

    def _prepare_defaults(self):
        """What kind, customer and company decide on: template, words, recipient, deadline."""
        self.ensure_one()
        company = self.company_id
        partner = self.partner_id.commercial_partner_id
        tier = self.case_id.tier_id
        template_model = self.env["collection.letter.template"]
        template = self.template_id or self._on_choose_template() or template_model._choose(
            self.kind, tier, company, self.is_ahead
        )
        contact = self.contact_id or partner._get_collection_contact()
        # The company's own language, whoever writes.
        lang = contact.lang or partner.lang or company.sudo().partner_id.lang or self.env.lang
        worded = template.with_context(lang=lang)
        vals = {
            "template_id": template.id,
            "tier_id": tier.id,
            "contact_id": contact.id,
            "lang": lang,
            "channel": self._choose_channel(template, contact),
            "date_deadline": self._get_deadline(template),
            **{name: worded[name] for name in (*TEXTS, *template_model._get_more(self.kind))},
        }
        return {**vals, **self._prepare_people(partner, contact)}

    def _on_choose_template(self):
        """Called for a letter without a template; returns the one it takes, if not its kind's.

        Implemented in models/flow/collection_letter.py.
        """
        return self.env["collection.letter.template"]

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
            **self._on_people(),
        }

    def _on_people(self):
        """Called for who writes to whom; returns values that add to it or take its place.

        Implemented in models/flow/collection_letter.py.
        """
        return {}

    @api.model
    def _get_address(self, partner, contact):
        """Legal name, contact, street and so on, a line each; the contact's own address first."""
        place = contact if contact.street or contact.city or contact.zip else partner
        lines = place._display_address(without_company=True).splitlines()
        names = [partner.name]
        if contact != partner and contact.name:
            names.append(contact.name)
        return "\n".join(line.strip() for line in (*names, *lines) if (line or "").strip())

    @api.model
    def _complete_vals(self, vals):
        """Values with what case, kind and customer decide on, where they say nothing."""
        if vals.get("line_ids") and vals.get("body"):
            return vals
        defaults = {**self.default_get(["kind", "company_id", "user_id", "date"]), **vals}
        case = self.env["collection.case"].browse(defaults.get("case_id"))
        if case:
            defaults.setdefault("partner_id", case.partner_id.id)
            defaults["company_id"] = case.company_id.id
            if not vals.get("user_id") and case.user_id:
                defaults["user_id"] = case.user_id.id
        if not defaults.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(defaults["partner_id"]).commercial_partner_id
        defaults["partner_id"] = partner.id
        given = {name: value for name, value in defaults.items() if value not in (False, None)}
        stub = self.new({
            name: defaults.get(name)
            for name in ("kind", "company_id", "partner_id", "case_id", "user_id", "date",
                         "template_id", "contact_id", "is_ahead")
        })
        return {**stub._prepare_defaults(), **given}

    @api.onchange("case_id")
    def _onchange_case_id(self):
        if self.case_id:
            self.partner_id = self.case_id.partner_id
            self.company_id = self.case_id.company_id
            self.user_id = self.case_id.user_id or self.env.user

    @api.onchange("partner_id", "kind", "company_id")
    def _onchange_kind(self):
        """Kind and customer decide on template, words, recipient, language and channel."""
        if self.partner_id and self.company_id:
            self.partner_id = self.partner_id.commercial_partner_id
            self.template_id = False
            self.update(self._prepare_defaults())

    @api.onchange("template_id", "contact_id")
    def _onchange_template_id(self):
        """The words are those of the template, in the recipient's language."""
        if self.partner_id and self.template_id:
            self.update(self._prepare_defaults())
