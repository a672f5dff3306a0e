from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools.letter_text import fill, paragraphs

# What texts may say of a letter, and how; each has its value in `_get_values`.
NAMES = (
    "customer", "company", "number", "date", "amount", "amount_words", "charges",
    "charges_per_day", "deadline", "days_overdue", "oldest_due", "items", "invoices", "bank",
    "contact", "contact_phone", "contact_email", "consequences",
    "pay_link",
)
MAX_NAMED = 5


def as_html(heading, body, consequences=""):
    """A heading and plain texts as HTML, all of it escaped."""
    parts = [Markup("<h4>%s</h4>") % heading] if heading else []
    for block in (*paragraphs(body), *paragraphs(consequences)):
        parts.append(Markup("<p>%s</p>") % Markup("<br/>").join(block))
    return Markup("").join(parts)


class CollectionLetter(models.Model):
    """The words of a letter: written with placeholders, frozen without (P3.4)."""

    _inherit = "collection.letter"

    subject = fields.Char("Heading")
    body = fields.Text("Letter")
    consequences = fields.Text(help="What happens if the deadline passes.")
    mail_subject = fields.Char("E-Mail Subject")
    mail_body = fields.Text("E-Mail Text")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("subject", "body", "consequences", "state", "total_ids", "date_deadline")
    def _compute_preview(self):
        for letter in self:
            texts = letter._get_texts()
            letter.preview = as_html(texts["subject"], texts["body"], texts["consequences"])

    def _get_texts(self):
        """The texts as they are printed: frozen ones as they are, a draft's filled in now."""
        self.ensure_one()
        names = ("subject", "consequences", "body", "mail_subject", "mail_body")
        if self.state != "draft":
            return {name: self[name] or "" for name in names}
        values = self._get_values()
        texts = {}
        for name in names:
            texts[name] = fill(self[name], values)
            if name == "consequences":
                values["consequences"] = texts[name]
        return texts

    def _get_values(self):
        """What the placeholders stand for, in the letter's language."""
        self.ensure_one()
        env = self.env(context={**self.env.context, "lang": self.lang or self.env.lang})
        lines, totals = self.line_ids, self.total_ids

        def money(name):
            return ", ".join(
                formatLang(env, total[name], currency_obj=total.currency_id)
                for total in totals
                if name == "amount_total" or total[name]
            )

        numbers = [line.number for line in lines]
        more = f" … (+{len(numbers) - MAX_NAMED})" if len(numbers) > MAX_NAMED else ""
        due_dates = [line.date_due for line in lines if line.date_due]
        return {
            "customer": self.partner_name or "",
            "company": self.company_name or "",
            "number": self.name if self.name != "/" else "",
            "date": format_date(env, self.date),
            "amount": money("amount_total"),
            "amount_words": ", ".join(totals.mapped("amount_words")),
            "charges": money("amount_charge"),
            "charges_per_day": money("charge_per_day"),
            "deadline": format_date(env, self.date_deadline),
            "days_overdue": str(max(lines.mapped("days_overdue"), default=0)),
            "oldest_due": format_date(env, min(due_dates)) if due_dates else "",
            "items": str(len(lines)),
            "invoices": ", ".join(numbers[:MAX_NAMED]) + more,
            "bank": "; ".join(filter(None, dict.fromkeys(totals.mapped("bank_text")))),
            "contact": self.contact_name or "",
            "contact_phone": self.contact_phone or "",
            "contact_email": self.contact_email or "",
            "pay_link": self.pay_url or "",
        }

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
            "pay_link": "https://example.com/my/collections/7",
        }
