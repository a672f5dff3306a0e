import pytz

from odoo import api, fields, models

from ..tools.contact_window import FOREVER, check, next_allowed
from .collection_case_contact import to_local

# Notices that the law asks for before a claim is filed: no wish of the debtor stops them.
LEGAL_NOTICES = ("final", "lawyer")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _get_next_contact(self, channel, contact=None, is_legal_notice=False):
        """The first moment (UTC) from now on at which the customer may be contacted.

        :return: tuple of the moment, ``None`` if never, and why not, in words
        """
        self.ensure_one()
        now = fields.Datetime.now()
        zone = (contact or self.partner_id).sudo()._get_collection_contact_tz(self.company_id)
        local = to_local(now, zone)
        rule, pure, is_working_day, past = self._get_contact_facts(
            local.date(), local.date()
        )[self]
        if not rule:
            return now, ""
        arguments = (
            pure, self._get_contact_debtor(contact), local, channel, past, is_working_day,
            is_legal_notice,
        )
        refusal = check(*arguments)
        if refusal is None:
            return now, ""
        words = self._describe_refusal(rule, refusal, local)
        if refusal.code not in FOREVER and rule.on_violation == "warn":
            return now, words
        moment = next_allowed(*arguments)
        if moment is None:
            return None, words
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None), words


class CollectionLetter(models.Model):
    """Letters keep to the customer's contact rule, and to civil words (P1.1, P1.2).

    Hours that bind e-mails let a letter wait in the queue; what stops letters is looked at
    with the ledger.
    """

    _inherit = "collection.letter"

    def _check_civil_words(self):
        """Raise a ``UserError`` if the letter says what must not be written."""
        words = self.env["collection.word"]
        for letter in self:
            words._check_wording(
                "\n".join(filter(None, (
                    letter.subject, letter.body, letter.consequences, letter.mail_subject,
                    letter.mail_body,
                ))),
                letter.lang,
            )

    def _get_next_contact(self):
        self.ensure_one()
        # When a customer may be written to is no secret; the case may be.
        return self.sudo().case_id._get_next_contact(
            "email" if self.channel == "email" else "letter", self.contact_id,
            self.kind in LEGAL_NOTICES,
        )

    def _prepare_schedule(self):
        """Values of an e-mail that waits for the hours at which the customer is written to."""
        self.ensure_one()
        moment, _words = self._get_next_contact() if self.case_id else (None, "")
        if moment and moment > fields.Datetime.now():
            return {"scheduled_date": moment}
        return {}


class CollectionLetterTemplate(models.Model):
    """The texts of letters are free of what must not be written, in every language (P1.2)."""

    _inherit = "collection.letter.template"

    @api.constrains("subject", "body", "consequences", "mail_subject", "mail_body")
    def _check_wording(self):
        for lang, _name in self.env["res.lang"].get_installed():
            for template in self.with_context(lang=lang):
                self.env["collection.word"]._check_wording(
                    "\n".join(filter(None, (
                        template.subject, template.body, template.consequences,
                        template.mail_subject, template.mail_body,
                    )))
                )
