from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.letter_text import fill, placeholders
from .collection_letter_text import NAMES, as_html
from .res_company_letter import KINDS

TEXTS = ("subject", "body", "consequences", "mail_subject", "mail_body")


class CollectionLetterTemplate(models.Model):
    """The words of a kind of letter, by tier, in the customer's language (P3.4, P4.2)."""

    _name = "collection.letter.template"
    _inherit = ["collection.mixin"]
    _description = "Letter Template"
    _order = "kind, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    kind = fields.Selection(KINDS, required=True, default="dunning", index=True)
    tier_id = fields.Many2one(
        "collection.tier", "Only in Tier", ondelete="restrict",
        help="Chosen by itself for customers whose worst tier is this one; empty: any.",
    )
    is_ahead = fields.Boolean(
        "Before the Due Date", help="For reminders of items that are not due yet."
    )
    approval_by_other = fields.Boolean(
        "A Second Person Approves",
        compute="_compute_approval_by_other",
        store=True,
        readonly=False,
        help="A manager approves it, who did not write it. Always so for lawyer letters.",
    )
    channel = fields.Selection(
        [("auto", "E-Mail, Else Post"), ("email", "E-Mail"), ("post", "Post"),
         ("hand", "By Hand")],
        required=True,
        default="auto",
    )
    deadline_days = fields.Integer(
        "Days to Pay", help="Calendar days from the letter's date; 0: as in the settings."
    )
    subject = fields.Char("Heading", required=True, translate=True)
    body = fields.Text("Letter", required=True, translate=True)
    consequences = fields.Text(translate=True, help="What happens if the deadline passes.")
    mail_subject = fields.Char("E-Mail Subject", translate=True)
    mail_body = fields.Text("E-Mail Text", translate=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    _deadline_positive = models.Constraint(
        "CHECK(deadline_days >= 0)", "The days that a letter gives are zero or more."
    )

    @api.depends("kind")
    def _compute_approval_by_other(self):
        for template in self:
            template.approval_by_other = template.kind in ("final", "lawyer")

    @api.constrains(*TEXTS)
    def _check_placeholders(self):
        """A placeholder that nothing fills would be printed as it is."""
        self._check_known(TEXTS, NAMES)

    def _check_known(self, texts, names):
        """Raise unless these texts have placeholders of these names only."""
        for template in self:
            for name in texts:
                unknown = [word for word in placeholders(template[name]) if word not in names]
                if unknown:
                    raise ValidationError(
                        self.env._(
                            "“%(template)s” has unknown placeholders: %(unknown)s. Known are:"
                            " %(known)s",
                            template=template.name,
                            unknown=", ".join(f"{{{word}}}" for word in unknown),
                            known=", ".join(f"{{{word}}}" for word in names),
                        )
                    )

    @api.constrains("kind", "approval_by_other")
    def _check_approval(self):
        """Lawyer letters are always decided on by two (design rule 6)."""
        if self.filtered(lambda t: t.kind == "lawyer" and not t.approval_by_other):
            raise ValidationError(self.env._("A lawyer letter is approved by a second person."))

    @api.depends(*TEXTS)
    def _compute_preview(self):
        """The letter for a made-up customer, while it is being written."""
        values = self.env["collection.letter"]._get_sample_values()
        for template in self:
            template.preview = as_html(
                fill(template.subject, values),
                fill(template.body, values),
                fill(template.consequences, values),
            )

    @api.model
    def _choose(self, kind, tier, company, is_ahead=False):
        """The template for a kind and tier: the company's own first, then the tier's own."""
        templates = self.search([
            ("kind", "=", kind),
            ("is_ahead", "=", is_ahead),
            ("company_id", "in", [company.id, False]),
        ])
        fitting = templates.filtered(
            lambda template: not template.tier_id or template.tier_id.code == tier.code
        )
        return fitting.sorted(
            lambda template: (not template.company_id, not template.tier_id, template.sequence,
                              template.id)
        )[:1]

    def _get_deadline_days(self, company):
        """Calendar days that a letter of this template gives."""
        self.ensure_one()
        return self.deadline_days or company.sudo()[f"collection_deadline_{self.kind}"]
