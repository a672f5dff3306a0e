from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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

    def _check_counsel_fields(self, vals):
        """Raise a ``UserError`` if a user writes by hand that counsel approved."""
        if COUNSEL & vals.keys() and not self.env.su:
            raise UserError(self._get_words_counsel())

    def _get_words_counsel(self):
        return self.env._("That counsel approved a letter is noted by the button alone.")

    def _choose_law_template(self):
        """A lawyer letter takes its words from the law of the customer's country."""
        self.ensure_one()
        return self.env["collection.letter.template"]._choose_law(
            self.partner_id.commercial_partner_id.country_id
            or self.company_id.sudo().country_id,
            self.company_id,
        )

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

    def _get_law_values(self):
        """What the placeholders of lawyer letters stand for."""
        firm = self._get_firm()
        return {"law_firm": firm["firm_name"] or "", "lawyers": firm["signatory"] or ""}
