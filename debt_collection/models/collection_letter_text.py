from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools.letter_text import fill

MAX_NAMED = 5


class CollectionLetter(models.Model):
    """The words of a letter: written with placeholders, frozen without (P3.4)."""

    _inherit = "collection.letter"

    subject = fields.Char("Heading")
    body = fields.Text("Letter")
    consequences = fields.Text(help="What happens if the deadline passes.")
    mail_subject = fields.Char("E-Mail Subject")
    mail_body = fields.Text("E-Mail Text")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends(lambda self: (
        "kind", "subject", "body", "consequences", "state", "total_ids", "date_deadline",
        *self._on_preview_fields(),
    ))
    def _compute_preview(self):
        template_model = self.env["collection.letter.template"]
        for letter in self:
            letter.preview = template_model._render(letter.kind, letter._get_texts())

    @api.model
    def _on_preview_fields(self):
        """Called for the fields of other rooms that the preview follows; returns their names.

        Implemented in models/flow/collection_letter.py.
        """
        return ()

    def _get_texts(self):
        """The texts as they are printed: frozen ones as they are, a draft's filled in now."""
        self.ensure_one()
        # The consequences come first: the other texts may quote them.
        names = (
            "subject", "consequences", "body", "mail_subject", "mail_body",
            *self.env["collection.letter.template"]._get_more(self.kind),
        )
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
            **self._on_values(),
        }

    def _on_values(self):
        """Called for what placeholders of other rooms stand for; returns it by their names.

        Implemented in models/flow/collection_letter.py.
        """
        return {}
