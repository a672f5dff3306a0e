from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext

from ...tools.wording import find_words


class CollectionWord(models.Model):
    """A word that customers must not read from us, why, and what to write instead (P1.2).

    12 CFR 1006.18, CONC 7.11: no threats, insults, arrest, posing as court or police, action that
    is not intended, telling others, making debts public.
    """

    _name = "collection.word"
    _description = "Word to Avoid"
    _inherit = "collection.mixin"
    _order = "lang, kind, name"

    name = fields.Char("Word", required=True)
    lang = fields.Selection(
        [
            ("en", "English"), ("zh", "Chinese"), ("de", "German"), ("fr", "French"),
            ("es", "Spanish"),
        ], "Language", required=True, default="en"
    )
    kind = fields.Selection(
        [
            ("threat", "Threat"),
            ("insult", "Insult"),
            ("arrest", "Arrest or Crime"),
            ("posing", "Posing as an Authority"),
            ("intent", "Action Not Intended"),
            ("third_party", "Telling Others"),
            ("public", "Making Public"),
            ("false", "False Statement"),
        ],
        required=True, default="threat",
    )
    level = fields.Selection(
        [("warn", "Warn"), ("block", "Block")], "If Found", required=True, default="block"
    )
    reason = fields.Char(translate=True, help="Why not, shown to whoever used it.")
    alternative = fields.Char("Write Instead", translate=True)
    active = fields.Boolean(default=True)
    _once = models.UniqueIndex("(lower(name), lang)", "The word is on the list already.")
    _people_share = True
    _people_write = {"*": {"name", "lang", "kind", "level", "reason", "alternative", "active"}}

    @api.constrains("name")
    def _check_name(self):
        for word in self:
            if not word.name.strip():
                raise ValidationError(self.env._("A word to avoid cannot be blank."))

    @api.model
    def _find(self, text, lang=None):
        """The words of the list in a text, each once, in the order in which they stand there.

        :param text: plain or HTML
        :param lang: language of the text, as ``en`` or ``zh_CN``; by default all languages
        """
        plain = text or ""
        if "<" in plain:
            plain = html2plaintext(plain)
        if not plain.strip():
            return self.browse()
        domain = [("lang", "=", lang[:2])] if lang else []
        # The list is the same for everybody.
        words_sudo = self.sudo().search(domain)
        hits = find_words(plain, [(word.id, word.name, word.lang) for word in words_sudo])
        return self.browse(dict.fromkeys(hit.key for hit in hits))

    @api.model
    def _check_wording(self, text, lang=None):
        """Raise a ``UserError`` if a text has words that are blocked.

        :return: what is to be warned of, in words; empty if nothing is
        """
        found = self._find(text, lang)
        blocked = found.filtered(lambda word: word.level == "block")
        if blocked:
            raise UserError(
                self.env._("This must not be written to customers:") + "\n"
                + blocked._describe()
            )
        return found._describe()

    def _describe(self):
        """Each word with its reason and what to write instead, a line each."""
        lines = []
        for word in self.sudo():
            line = self.env._("“%(word)s”: %(reason)s", word=word.name, reason=word.reason or "")
            if word.alternative:
                line += " " + self.env._("Write instead: %s", word.alternative)
            lines.append(line.strip())
        return "\n".join(lines)

