from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ...tools.letter_text import names_in, placeholders, script_font

MAX_EARLIER = 5
REMINDING = ("reminder", "dunning", "final")
"""Kinds by which we ask for payment ourselves; what lawyers wrote is theirs."""


class CollectionLetterWords(models.AbstractModel):
    """What a letter may say: only what is so.

    That we have written before, and when; who signs; a bank account that there is. What is
    missing is told to whoever approves the letter.
    """

    _name = "collection.letter.words"
    _description = "What a Letter May Say"

    earlier_letter_ids = fields.Many2many(
        "collection.letter", "collection_letter_earlier_rel", "letter_id", "earlier_id",
        "Names These Letters", readonly=True, copy=False,
        help="Letters that were sent, and that this one says were written before it.",
    )

    def _get_script_font(self):
        """The fonts that have the characters of the letter's language."""
        return script_font(self._get_lang())

    # What was really sent to the customer about what the letter asks for.

    def _get_earlier_letters(self):
        """Our letters about the same items that went out and did not come back, oldest first."""
        self.ensure_one()
        # Whether it was sent is asked for the letter, whoever may see the others.
        items_sudo = self.sudo().line_ids.move_line_id
        return self.sudo().search([
            ("company_id", "=", self.company_id.id), ("partner_id", "=", self.partner_id.id),
            ("kind", "in", REMINDING), ("is_ahead", "=", False),
            ("state", "in", ("sent", "delivered")), ("date_sent", "!=", False),
            ("id", "not in", self._origin.ids),
            ("line_ids.move_line_id", "in", items_sudo.ids),
        ], order="date_sent, id") if items_sudo else self.sudo().browse()

    def _get_earlier_contacts(self):
        """E-mails of steps and letters noted by hand since the oldest item fell due."""
        self.ensure_one()
        days = [line.date_due for line in self.line_ids if line.date_due]
        if not days:
            return self.env["collection.activity"].sudo().browse()
        # As for letters.
        return self.env["collection.activity"].sudo().search([
            ("company_id", "=", self.company_id.id), ("partner_id", "=", self.partner_id.id),
            ("direction", "=", "outbound"), ("state", "=", "confirmed"),
            ("letter_id", "=", False), ("correction_ids", "=", False),
            ("outcome", "!=", "wrong_number"), ("date", ">", min(days)),
            "|", ("method", "=", "letter"),
            "&", ("method", "=", "email"), ("case_step_id", "!=", False),
        ])

    def _describe_earlier(self):
        """What was written before, each with its day, in the letter's language; else nothing."""
        self.ensure_one()
        lang = self._get_lang()
        env = self.env(context={**self.env.context, "lang": lang})
        company = self.company_id

        def say(moment):
            return self._format_day(company._get_collection_date(moment))

        said = []
        for letter in self._get_earlier_letters():
            if letter.state == "delivered" and letter.date_delivered:
                words = env._(
                    "letter %(number)s of %(date)s (delivered on %(delivered)s)",
                    number=letter.name, date=say(letter.date_sent),
                    delivered=self._format_day(letter.date_delivered),
                )
            elif letter.is_brief:
                words = env._("text message of %(date)s", date=say(letter.date_sent))
            else:
                words = env._(
                    "letter %(number)s of %(date)s", number=letter.name, date=say(letter.date_sent)
                )
            said.append((letter.date_sent, words))
        for contact in self._get_earlier_contacts():
            words = (
                env._("e-mail of %(date)s", date=say(contact.date))
                if contact.method == "email"
                else env._("letter of %(date)s", date=say(contact.date))
            )
            said.append((contact.date, words))
        said.sort(key=lambda one: one[0])
        return names_in(lang, dict.fromkeys(words for _moment, words in said[-MAX_EARLIER:]))

    def _says(self, name):
        """Whether a text of the letter has this placeholder."""
        self.ensure_one()
        return any(
            name in placeholders(self[field])
            for field in self.env["collection.letter.template"]._get_text_fields(self.kind)
        )

    def _note_earlier(self):
        """Keep which letters the text names, before it is frozen."""
        self.ensure_one()
        if self._says("earlier"):
            self.earlier_letter_ids = [
                Command.set(self._get_earlier_letters()[-MAX_EARLIER:].ids)
            ]

    def _find_untrue(self, found):
        """What an approved letter says and what is not so any more: it is not sent."""
        self.ensure_one()
        if self.state != "approved":
            return
        letter_sudo = self.sudo()
        for earlier in letter_sudo.earlier_letter_ids:
            if earlier.state not in ("sent", "delivered"):
                found.outdated.append(self.env._(
                    "It names %(letter)s, which did not arrive.", letter=earlier.name
                ))
        user = letter_sudo.user_id
        if user and not user.active and user.name in (letter_sudo.contact_name,
                                                      letter_sudo.signatory):
            found.outdated.append(self.env._(
                "It names %(user)s, who has left.", user=user.name
            ))

    # Who signs: never who has left.

    @api.model
    def _get_signatory(self, company, user):
        """The name under the letters of a company: the one that is set, else the user's."""
        # What is printed on letters is for everybody.
        name = company.sudo().collection_signatory
        return name if name and not self._has_left(name) else user.name

    @api.model
    def _has_left(self, name):
        """Whether the name is that of users who have all left."""
        # Who has left is no secret to who writes letters.
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False).search([
            ("name", "=", name), ("share", "=", False),
        ])
        return bool(users_sudo) and not any(users_sudo.mapped("active"))

    # What whoever approves a draft is told.

    def _get_words_missing(self):
        """What the letter cannot say because it is not there, in words for who approves it."""
        self.ensure_one()
        notes = []
        company_sudo = self.company_id.sudo()
        # The letter is whole, whichever of its totals the user sees.
        for total in self.sudo().total_ids:
            currency = total.currency_id
            if (self.kind != "statement" and not total.bank_text
                    and currency.compare_amounts(total.amount_total, 0) > 0):
                notes.append(self.env._(
                    "The letter names no bank account: %(company)s has none for %(currency)s."
                    " Enter it on the company's contact.",
                    company=company_sudo.name, currency=currency.name,
                ))
        signatory = company_sudo.collection_signatory
        if signatory and self._has_left(signatory):
            notes.append(self.env._(
                "%(name)s, who signs the company's letters, has left: choose who signs in the"
                " settings.",
                name=signatory,
            ))
        names = dict(self.env["res.lang"].get_installed())
        wanted = (self.contact_id or self.partner_id)._get_collection_lang(self.company_id)
        if self.lang and self.lang != wanted and self.template_id and (
            not self.template_id._has_text_in(wanted)
        ):
            notes.append(self.env._(
                "The template has no text in %(wanted)s: the letter is in %(language)s.",
                wanted=names.get(wanted, wanted), language=names.get(self.lang, self.lang),
            ))
        return notes

    @api.onchange("lang")
    def _onchange_lang(self):
        """Another language: its words, where the template has them."""
        if self.template_id and self.lang and self.template_id._has_text_in(self.lang):
            worded = self.template_id.with_context(lang=self.lang)
            for name in self.env["collection.letter.template"]._get_text_fields(self.kind):
                self[name] = worded[name]

    def _format_day(self, day):
        """A day as letters of its language write it: 2026年12月8日 in Chinese and Japanese."""
        lang = self._get_lang()
        return format_date(
            self.env, day, lang_code=lang,
            date_format="y年M月d日" if lang[:2] in ("zh", "ja") else False,
        ) if day else ""
