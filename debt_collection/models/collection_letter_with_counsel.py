from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.letter_text import fill
from .collection_letter_template_law import LAW_TEXTS

FIRM = ("firm_name", "firm_address", "firm_contact", "lawyer_names")
LAW_CONTENT = {*LAW_TEXTS, *FIRM, "legal_action_id", "law_number", "firm_logo"}
COUNSEL = {"date_counsel", "counsel_recorded_by_id", "counsel_checksum"}


class CollectionLetter(models.Model):
    """The lawyer letter (律师函): on the law firm's paper, for a legal action (P3.6, P4.1)."""

    _inherit = "collection.letter"

    legal_action_id = fields.Many2one(
        "collection.legal.action", index="btree_not_null", ondelete="restrict",
        check_company=True, domain="[('case_id', '=', case_id)]",
    )
    law_number = fields.Char("Law Firm's Number", copy=False)
    heading_instruction = fields.Char("Heading: Instruction")
    instruction = fields.Text()
    heading_facts = fields.Char("Heading: Facts")
    heading_opinion = fields.Char("Heading: Law")
    opinion = fields.Text("Law and Opinion")
    heading_demand = fields.Char("Heading: Demand")
    demand = fields.Text()

    # Frozen with the approval, like everything that is printed.
    firm_name = fields.Char("Law Firm", readonly=True)
    firm_address = fields.Text("Address of the Law Firm", readonly=True)
    firm_contact = fields.Char(readonly=True)
    firm_logo = fields.Binary(attachment=True, readonly=True)
    lawyer_names = fields.Char("Lawyers", readonly=True)

    @api.constrains("legal_action_id", "case_id", "kind")
    def _check_legal_action(self):
        for letter in self:
            action = letter.legal_action_id
            if action and (letter.kind != "lawyer" or action.case_id != letter.case_id):
                raise ValidationError(
                    self.env._(
                        "“%(letter)s” and the legal action %(action)s do not belong together.",
                        letter=letter.display_name,
                        action=action.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(COUNSEL & vals.keys() for vals in vals_list):
            raise UserError(self._get_words_counsel())
        return super().create(vals_list)

    def write(self, vals):
        if COUNSEL & vals.keys() and not self.env.su:
            raise UserError(self._get_words_counsel())
        if LAW_CONTENT & vals.keys():
            self._check_not_frozen()
            if not self.env.su:
                vals = {**vals, "drafted_by_id": self.env.uid}
        return super().write(vals)

    def _get_words_counsel(self):
        return self.env._("That counsel approved a letter is noted by the button alone.")

    def _prepare_defaults(self):
        """A lawyer letter takes its words from the law of the customer's country."""
        self.ensure_one()
        if self.kind == "lawyer" and not self.template_id:
            partner = self.partner_id.commercial_partner_id
            self.template_id = self.env["collection.letter.template"]._choose_law(
                partner.country_id or self.company_id.sudo().country_id, self.company_id
            )
        vals = super()._prepare_defaults()
        if self.kind == "lawyer":
            worded = self.template_id.with_context(lang=vals["lang"])
            vals.update({name: worded[name] for name in LAW_TEXTS})
        return vals

    def _prepare_people(self, partner, contact):
        vals = super()._prepare_people(partner, contact)
        if self.kind == "lawyer":
            vals.update(self._prepare_firm())
        return vals

    def _prepare_firm(self):
        """The law firm and its lawyers, as they are printed."""
        firm, lawyers = self.legal_action_id.law_firm_id, self.legal_action_id.lawyer_ids
        address = firm._display_address(without_company=True) if firm else ""
        return {
            "firm_name": firm.name,
            "firm_address": ", ".join(
                line.strip() for line in address.splitlines() if line.strip()
            ),
            "firm_contact": ", ".join(filter(None, [firm.phone, firm.email, firm.website])),
            "firm_logo": firm.image_256,
            "lawyer_names": ", ".join(
                f"{lawyer.name} ({lawyer.lawyer_licence})" if lawyer.lawyer_licence
                else lawyer.name
                for lawyer in lawyers
            ),
            "signatory": ", ".join(lawyers.mapped("name")),
        }

    def _get_firm(self):
        """What the letterhead says: as it was frozen, a draft's as it is now."""
        self.ensure_one()
        if self.state == "draft":
            # Whoever may read the letter reads who writes it.
            return self.sudo()._prepare_firm()
        return {name: self[name] for name in (*FIRM, "firm_logo", "signatory")}

    def _get_values(self):
        values = super()._get_values()
        if self.kind == "lawyer":
            firm = self._get_firm()
            values.update(law_firm=firm["firm_name"] or "", lawyers=firm["signatory"] or "")
        return values

    def _get_texts(self):
        texts = super()._get_texts()
        if self.kind == "lawyer":
            frozen = self.state != "draft"
            values = {} if frozen else self._get_values()
            texts.update({
                name: (self[name] or "") if frozen else fill(self[name], values)
                for name in LAW_TEXTS
            })
        return texts

    @api.depends("kind", "legal_action_id.law_firm_id", *LAW_TEXTS)
    def _compute_preview(self):
        result = super()._compute_preview()
        for letter in self.filtered(lambda letter: letter.kind == "lawyer"):
            letter.preview = self._law_html(letter._get_texts())
        return result
