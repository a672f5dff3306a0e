from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.letter_text import as_html
from ..letter.collection_letter_template import NAMES

# Sections of a lawyer letter beside the facts (the letter's body), and their headings.
SECTIONS = ("instruction", "opinion", "demand")
HEADINGS = ("heading_instruction", "heading_facts", "heading_opinion", "heading_demand")
LAW_TEXTS = (*HEADINGS, *SECTIONS)
LAW_NAMES = (*NAMES, "law_firm", "lawyers", "legal_basis", "legal_basis_cited")


class CollectionLetterTemplate(models.Model):
    """Lawyer letters (律师函) by country: instruction, facts, law and opinion, demand (P3.6).

    The law that a letter rests on is a text of its country, kept right by managers and counsel.
    """

    _inherit = "collection.letter.template"

    country_id = fields.Many2one(
        "res.country", index="btree_not_null", ondelete="restrict",
        help="Lawyer letters: for customers of this country; empty: for all others.",
    )
    heading_instruction = fields.Char("Heading: Instruction", translate=True)
    instruction = fields.Text(translate=True, help="By whom the lawyers are instructed (委托来源).")
    heading_facts = fields.Char("Heading: Facts", translate=True)
    heading_opinion = fields.Char("Heading: Law", translate=True)
    opinion = fields.Text("Law and Opinion", translate=True)
    heading_demand = fields.Char("Heading: Demand", translate=True)
    demand = fields.Text(translate=True)
    _people_write = {
        "*": {
            "country_id", "heading_instruction", "instruction", "heading_facts", "heading_opinion",
            "opinion", "heading_demand", "demand",
        },
    }

    @api.constrains(*LAW_TEXTS)
    def _check_law_placeholders(self):
        self._check_known(LAW_TEXTS, LAW_NAMES)

    @api.constrains("kind", *SECTIONS)
    def _check_sections(self):
        """A lawyer letter says who instructs, on which law it rests, and what it demands."""
        for template in self.filtered(lambda template: template.kind == "lawyer"):
            if not all((template[name] or "").strip() for name in SECTIONS):
                raise ValidationError(
                    self.env._(
                        "“%(template)s” is for lawyer letters and needs instruction, law and"
                        " opinion, and demand.",
                        template=template.name,
                    )
                )

    @api.model
    def _get_law_sample_values(self):
        """What the placeholders of lawyer letters stand for in the preview."""
        return {
            "law_firm": self.env._("Example & Partners"),
            "lawyers": self.env._("Ann Example"),
            "legal_basis": self.env._("the articles of the country's law"),
            "legal_basis_cited": self.env._(
                " It relies on %(articles)s.",
                articles=self.env._("the articles of the country's law"),
            ),
        }

    @api.model
    def _choose_law(self, country, company):
        """The lawyer letter of a country; the one for all others if it has none."""
        templates = self.search([
            ("kind", "=", "lawyer"),
            ("country_id", "in", [country.id, False]),
            ("company_id", "in", [company.id, False]),
        ])
        return templates.sorted(
            lambda template: (not template.country_id, not template.company_id,
                              template.sequence, template.id)
        )[:1]

    @api.model
    def _law_html(self, texts):
        """The sections of a lawyer letter as HTML, all of it escaped."""
        return (
            as_html(texts["subject"], "")
            + as_html(texts["heading_instruction"], texts["instruction"])
            + as_html(texts["heading_facts"], texts["body"])
            + as_html(texts["heading_opinion"], texts["opinion"])
            + as_html(texts["heading_demand"], texts["demand"], texts["consequences"])
        )

