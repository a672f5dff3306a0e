import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...tools.letter_text import names_in
from ..letter.collection_letter_template import TEXTS
from .collection_legal_action import RUNNING
from .collection_letter_template import LAW_TEXTS

FIRM = ("firm_name", "firm_address", "firm_contact", "lawyer_names", "annexes")
LAW_CONTENT = {*LAW_TEXTS, *FIRM, "legal_action_id", "law_number", "firm_logo"}


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
    annexes = fields.Text(
        help="What goes with the letter, one a line; empty: the papers of the legal action that"
        " are evidence.",
    )

    counsel_id = fields.Many2one(
        "res.partner", "Approved by Counsel", domain="[('is_lawyer', '=', True)]",
        ondelete="restrict", copy=False,
    )
    counsel_note = fields.Char(
        "How Counsel Approved", copy=False, help="By which message, call or signature."
    )
    counsel_file_ids = fields.Many2many(
        "ir.attachment", "collection_letter_counsel_file_rel", "letter_id", "attachment_id",
        "Counsel's Approval", copy=False,
    )
    date_counsel = fields.Datetime("Counsel's Approval Noted On", readonly=True, copy=False)
    counsel_recorded_by_id = fields.Many2one("res.users", "Noted By", readonly=True, copy=False)
    counsel_checksum = fields.Char(readonly=True, copy=False)
    _people_write = {
        "draft": {
            "annexes",
            "legal_action_id", "law_number", "counsel_id", "counsel_note", "counsel_file_ids",
            "heading_instruction", "instruction", "heading_facts", "heading_opinion", "opinion",
            "heading_demand", "demand",
        },
    }

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
        lang = self._get_lang()
        bracket = "（%s）" if lang.startswith("zh") else " (%s)"
        return {
            "firm_name": firm.name,
            "firm_address": ", ".join(
                line.strip() for line in address.splitlines() if line.strip()
            ),
            "firm_contact": ", ".join(filter(None, [firm.phone, firm.email, firm.website])),
            "firm_logo": firm.image_256,
            "lawyer_names": names_in(
                lang,
                [
                    f"{lawyer.name}{bracket % lawyer.lawyer_licence}" if lawyer.lawyer_licence
                    else lawyer.name
                    for lawyer in lawyers
                ],
            ),
            "annexes": self.annexes or "\n".join(
                self.legal_action_id.document_ids.filtered(
                    lambda paper: paper.kind in ("engagement", "evidence")
                ).mapped("name")
            ),
            "signatory": names_in(lang, lawyers.mapped("name")),
        }

    def _get_firm(self):
        """What the letterhead says: as it was frozen, a draft's as it is now."""
        self.ensure_one()
        if self.state == "draft":
            # Whoever may read the letter reads who writes it.
            return self.sudo()._prepare_firm()
        return {name: self[name] for name in (*FIRM, "firm_logo", "signatory")}

    def _get_place(self):
        """Country and state whose law counts: the customer's, else the company's."""
        self.ensure_one()
        # Whose law counts is no secret to whoever reads the letter.
        customer_sudo = self.partner_id.commercial_partner_id.sudo()
        company_sudo = self.company_id.sudo()
        where = customer_sudo if customer_sudo.country_id else company_sudo
        return where.country_id, where.state_id

    def _get_words_on_law(self):
        """What a draft says of the law of the customer's country, as far as it is to be checked."""
        self.ensure_one()
        country, state = self._get_place()
        law = self.env["collection.country.law"]
        if not law._has_pack(country, state):
            return [
                self.env._(
                    "The law of %(place)s is not known here: what the policy says is used. Have"
                    " counsel check.",
                    place=country.name or self.env._("the customer's country"),
                )
            ]
        if self.kind != "lawyer":
            return []
        who = "company" if self.partner_id.commercial_partner_id.is_company else "person"
        notice = law._find_law("notice", country, state, self.date, who)
        if not notice:
            return [
                self.env._(
                    "No notice before action is known for %(place)s on %(date)s: have counsel"
                    " check.",
                    place=state.name or country.name, date=format_date(self.env, self.date),
                )
            ]
        given = (self.date_deadline - self.date).days if self.date_deadline else 0
        if notice.unit == "day" and given < notice.count:
            return [
                self.env._(
                    "%(law)s: %(count)s days' notice before action; this letter gives %(given)s.",
                    law=notice._get_source_words(), count=notice.count, given=given,
                )
            ]
        return []

    def _get_law_values(self):
        """What the placeholders of lawyer letters stand for."""
        firm = self._get_firm()
        country, state = self._get_place()
        basis = self.env["collection.country.law"]._find_basis(
            country, state, self.date or fields.Date.today(), self.legal_action_id.contract_kind
        )
        return {
            "law_firm": firm["firm_name"] or "",
            "lawyers": firm["signatory"] or "",
            "legal_basis": basis.words or "",
            # A sentence of its own, none where nobody knows the articles.
            "legal_basis_cited": self.with_context(lang=self._get_lang()).env._(
                " It relies on %(articles)s.", articles=basis.words.rstrip("."),
            ) if basis else "",
        }

    # A lawyer letter is made only with a law firm, a named lawyer and counsel's approval, for
    # an approved legal action whose checklist is complete or waived (P3.6, P6.1).

    def _get_counsel_checksum(self):
        """Sum of the words and amounts that counsel saw; days move with the approval."""
        self.ensure_one()
        words = [self[name] or "" for name in (*TEXTS, *LAW_TEXTS)]
        items = sorted((line.number or "", line.amount_claimed) for line in self.line_ids)
        return hashlib.sha256(repr((words, items)).encode()).hexdigest()

    def action_counsel_approve(self):
        """Note that a lawyer of the action approved these words."""
        self._lock()
        self._check_state("draft")
        for letter in self:
            letter._check_can_note_counsel()
            # Written by this step alone, see `write`.
            letter.sudo().write({
                "date_counsel": fields.Datetime.now(),
                "counsel_recorded_by_id": self.env.uid,
                "counsel_checksum": letter._get_counsel_checksum(),
            })
            letter.message_post(
                body=self.env._(
                    "%(lawyer)s approved the letter: %(note)s",
                    lawyer=letter.counsel_id.name, note=letter.counsel_note or "",
                ),
                attachment_ids=letter.counsel_file_ids.ids,
            )

    def _check_can_note_counsel(self):
        self.ensure_one()
        self.check_access("write")
        self._check_legal_basis()
        if (
            not self.env.user.has_group("debt_collection.group_manager")
            and self.legal_action_id.internal_counsel_id != self.env.user
        ):
            raise AccessError(
                self.env._("Only a collection manager or the internal counsel notes it.")
            )
        if self.counsel_id not in self.legal_action_id.lawyer_ids:
            raise UserError(
                self.env._(
                    "Choose which lawyer of %(firm)s approved “%(letter)s”.",
                    firm=self.legal_action_id.law_firm_id.name, letter=self.display_name,
                )
            )
        if not (self.counsel_note or "").strip() and not self.counsel_file_ids:
            raise UserError(
                self.env._(
                    "Write down how %(lawyer)s approved the letter, or attach it.",
                    lawyer=self.counsel_id.name,
                )
            )

    def _check_legal_basis(self):
        """Raise unless these letters are of a legal action with a law firm and lawyers."""
        for letter in self:
            action = letter.legal_action_id
            if not action:
                words = self.env._("choose its legal action, or write it from there")
            elif action.state in ("closed", "cancelled", "refused"):
                words = self.env._("the legal action %(action)s has ended", action=action.name)
            elif not action.law_firm_id:
                words = self.env._("choose the law firm on %(action)s", action=action.name)
            elif not action.lawyer_ids:
                words = self.env._("name the lawyers on %(action)s", action=action.name)
            else:
                continue
            raise UserError(
                self.env._(
                    "“%(letter)s” is a lawyer letter: %(words)s.",
                    letter=letter.display_name, words=words,
                )
            )

    def _check_lawyer_letter(self):
        """Raise unless everything is there that a lawyer letter needs to be made or sent."""
        self._check_legal_basis()
        for letter in self:
            action = letter.legal_action_id
            if action.state not in RUNNING:
                raise UserError(
                    self.env._(
                        "“%(letter)s” waits for the approval of the legal action %(action)s.",
                        letter=letter.display_name, action=action.name,
                    )
                )
            if not letter.date_counsel or letter.counsel_id not in action.lawyer_ids:
                raise UserError(
                    self.env._(
                        "“%(letter)s” was not approved by counsel. Note it with “Counsel"
                        " Approved”.",
                        letter=letter.display_name,
                    )
                )
            action._check_gate("letter")

    def _get_lawyer_letters(self):
        return self.filtered(lambda letter: letter.kind == "lawyer")

    def _check_seen_by_counsel(self):
        """Raise unless the letters say what counsel approved."""
        for letter in self:
            if letter.counsel_checksum != letter._get_counsel_checksum():
                raise UserError(
                    self.env._(
                        "Words or amounts of “%(letter)s” have changed since counsel approved it:"
                        " ask counsel again.",
                        letter=letter.display_name,
                    )
                )

