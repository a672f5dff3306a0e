import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang

from ...tools.letter_text import as_html, fill, placeholders
from .res_company import KINDS

# What texts may say of a letter, and how; each has its value in `_get_values`
# of the letter.
NAMES = (
    "customer", "company", "number", "date", "amount", "amount_words", "charges",
    "charges_per_day", "deadline", "days_overdue", "oldest_due", "items", "invoices", "bank",
    "contact", "contact_phone", "contact_email", "consequences",
    "pay_link", "page_link", "amount_open", "earlier",
)
TEXTS = ("subject", "body", "consequences", "mail_subject", "mail_body", "short_text")
HAN = re.compile("[\u4e00-\u9fff]")
KANA = re.compile("[\u3040-\u30ff]")


class CollectionLetterTemplate(models.Model):
    """The words of a kind of letter, by tier, in the customer's language (P3.4, P4.2)."""

    _name = "collection.letter.template"
    _description = "Letter Template"
    _inherit = "collection.mixin"
    _order = "kind, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    kind = fields.Selection(KINDS, required=True, default="dunning", index=True)
    tier_id = fields.Many2one(
        "collection.tier", "Only in Tier", ondelete="restrict",
        help="Chosen by itself for customers whose highest overdue band is this one; empty: any.",
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
        # Those of letters, whichever add-ons bring them.
        lambda self: [("auto", self.env._("E-Mail, Else Post")),
                      *self.env["collection.letter"]._get_channels()],
        required=True,
        default="auto",
    )
    has_copies = fields.Boolean(
        "With Copies of the Invoices",
        help="PDF, and the e-invoice file where there is one. Without it, and where they are too"
        " large, e-mails have a link to each invoice.",
    )
    deadline_days = fields.Integer(
        "Days to Pay", help="Calendar days from the letter's date; 0: as in the settings."
    )
    subject = fields.Char("Heading", required=True, translate=True)
    body = fields.Text(
        "Letter", required=True, translate=True,
        help="A part in square brackets is left out where its placeholder has nothing to say:"
        " [We have written before: {earlier}.] With a question mark it asks, and prints nothing:"
        " [{?bank}to the account below].",
    )
    consequences = fields.Text(translate=True, help="What happens if the deadline passes.")
    mail_subject = fields.Char("E-Mail Subject", translate=True)
    mail_body = fields.Text("E-Mail Text", translate=True)
    short_text = fields.Text(
        translate=True, help="For channels that take no files, such as text messages; empty: a"
        " usual one with amount, deadline and a link to the customer's page.",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    _deadline_positive = models.Constraint(
        "CHECK(deadline_days >= 0)", "The days that a letter gives are zero or more."
    )
    _people_share = True
    _people_create = {"company_id"}
    _people_write = {
        "*": {
            "name", "active", "sequence", "kind", "tier_id", "is_ahead", "approval_by_other",
            "channel", "deadline_days", "subject", "body", "consequences", "mail_subject",
            "mail_body", "has_copies", "short_text",
        },
    }

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

    def _choose_channel(self, contact):
        """How a letter to a contact goes out: as the template says, else by e-mail if it can.

        Without an address for e-mail the letter waits to be posted.
        """
        if self.channel not in ("auto", "email", False):
            return self.channel
        return "email" if contact.email else "post"

    def _get_first_channel(self):
        """The channel for which somebody to write to is looked for first."""
        return self.channel if self.channel not in ("auto", False) else "email"

    @api.depends(lambda self: (
        "kind", *TEXTS, *(name for more in self._on_texts().values() for name in more)
    ))
    def _compute_preview(self):
        """The letter for a made-up customer, while it is being written."""
        values = self._get_sample_values()
        for template in self:
            own = values | self._on_sample_values(template.kind)
            template.preview = self._render(template.kind, {
                name: fill(template[name], own)
                for name in ("subject", "body", "consequences", *self._get_more(template.kind))
            })

    @api.model
    def _render(self, kind, texts):
        """A letter's texts as HTML, all of it escaped, laid out as its kind is."""
        return self._on_layout(kind, texts) or as_html(
            texts["subject"], texts["body"], texts["consequences"]
        )

    @api.model
    def _get_more(self, kind):
        """Names of the texts that letters of a kind have beside those of all letters."""
        return self._on_texts().get(kind, ())

    @api.model
    def _get_text_fields(self, kind):
        """Names of all texts of a kind of letter."""
        return (*TEXTS, *self._get_more(kind))

    # The language of a letter is one that its template is written in.

    def _get_text_languages(self):
        """Codes of the languages that the letter's text is written in.

        Odoo keeps what is written in another language as English, too: the same text in both is
        not English. Nor is one in Chinese characters.
        """
        self.ensure_one()
        stored = self._fields["body"]._get_stored_translations(self.sudo()) or {}
        texts = {lang: text for lang, text in stored.items() if not lang.startswith("_")}
        source = texts.get("en_US") or ""
        is_chinese = HAN.search(source) and not KANA.search(source)
        if is_chinese or any(
            text == source for lang, text in texts.items() if lang != "en_US"
        ):
            texts.pop("en_US", None)
        return {*texts, "zh_CN"} if is_chinese else set(texts)

    def _has_text_in(self, lang):
        """Whether the template has a text in a language, or in its English for others'."""
        languages = self._get_text_languages()
        return lang in languages or (lang[:3] == "en_" and "en_US" in languages)

    def _choose_lang(self, wanted, company, languages=None):
        """The language of a letter: the one wanted if there is a text in it.

        Else the same language of another country, the company's, English, or any that there is;
        a letter is never in two languages.

        :param languages: what `_get_text_languages` says, if it is known
        """
        if not self:
            return wanted
        written = self._get_text_languages() if languages is None else languages
        active = {code for code, _name in self.env["res.lang"].get_installed()}
        ready = sorted(written & active)
        # The company's language is no secret.
        for lang in (wanted, company.sudo().partner_id.lang or "en_US", "en_US"):
            if lang in ready or (lang[:3] == "en_" and "en_US" in written and lang in active):
                return lang
            same = [code for code in ready if code.split("_")[0] == lang.split("_")[0]]
            if same:
                return same[0]
        return ready[0] if ready else wanted

    @api.model
    def _on_texts(self):
        """Called for texts of other rooms; returns the names of their fields by kind of letter.

        Letters and templates have fields of the same name. Implemented in
        models/flow/collection_letter_template.py.
        """
        return {}

    @api.model
    def _on_layout(self, kind, texts):
        """Called for a letter's texts as HTML; returns it for kinds with a layout of their own.

        Implemented in models/flow/collection_letter_template.py.
        """
        return None

    @api.model
    def _on_sample_values(self, kind):
        """Called for the preview of a template; returns what placeholders of other rooms show.

        Implemented in models/flow/collection_letter_template.py.
        """
        return {}

    @api.model
    def _get_sample_values(self):
        """What the placeholders stand for in the preview of a template."""
        company = self.env.company
        today = company._get_collection_today()
        currency = company.currency_id
        return {
            "customer": self.env._("Example Ltd"),
            "company": company.name,
            "number": "L/00042",
            "date": format_date(self.env, today),
            "amount": formatLang(self.env, 12480.5, currency_obj=currency),
            "amount_words": currency.amount_to_text(12480.5),
            "charges": formatLang(self.env, 96.4, currency_obj=currency),
            "charges_per_day": formatLang(self.env, 3.1, currency_obj=currency),
            "deadline": format_date(self.env, today + timedelta(days=10)),
            "days_overdue": "34",
            "oldest_due": format_date(self.env, today - timedelta(days=34)),
            "items": "2",
            "invoices": "INV/00017, INV/00023",
            "bank": self.env._("Example Bank 000 123 456"),
            "contact": self.env.user.name,
            "contact_phone": self.env.user.phone or "+00 000 000",
            "contact_email": self.env.user.email or "collections@example.com",
            "consequences": self.env._("(the consequences)"),
            "amount_open": formatLang(self.env, 12384.1, currency_obj=currency),
            "earlier": self.env._("letter %(number)s of %(date)s", number="L/00031",
                                  date=format_date(self.env, today - timedelta(days=20))),
            "pay_link": "https://example.com/my/collections/7",
            "page_link": "https://example.com/my/collections/7",
        }

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

    # The texts of letters are free of what must not be written, in every language (P1.2).

    @api.constrains(*TEXTS)
    def _check_wording(self):
        for lang, _name in self.env["res.lang"].get_installed():
            for template in self.with_context(lang=lang):
                self.env["collection.word"]._check_wording(
                    "\n".join(filter(None, (template[name] for name in TEXTS)))
                )

