import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    """Templates for cases are free of what must not be written, in every language (P1.2)."""

    _inherit = "mail.template"

    def _render_lang(self, res_ids, engine="inline_template"):
        """A language that is not in use any more stops nobody's e-mail: the company's is taken."""
        langs = super()._render_lang(res_ids, engine)
        if (self.render_model or "").startswith("collection."):
            active = {code for code, _name in self.env["res.lang"].get_installed()}
            company = self.env.company.sudo().partner_id.lang
            fallback = company if company in active else self.env.lang or "en_US"
            langs = {
                res_id: self._get_written_lang(lang, fallback) if lang in active
                else self._get_written_lang(fallback, fallback) if lang else lang
                for res_id, lang in langs.items()
            }
        return langs

    def _get_written_lang(self, lang, fallback):
        """The language if the e-mail is written in it, else the company's, else English.

        An e-mail in English has English dates and amounts, too.
        """
        origin = self._origin
        if len(origin) != 1:
            return lang
        stored = self._fields["body_html"]._get_stored_translations(origin.sudo()) or {}
        written = {code for code in stored if not code.startswith("_")}
        if lang in written or lang[:3] == "en_":
            return lang
        return fallback if fallback in written else "en_US"

    def _send_collection_batch(self, ids, email_values=None):
        """Queue the e-mails of these records; one that cannot be written stops no other one's.

        :return: the e-mails
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return self.send_mail_batch(ids, email_values=email_values)
        except (OSError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except Exception as error:
            mails = self.env["mail.mail"].browse()
            if len(ids) == 1:
                _logger.warning(
                    "Collections: no e-mail of “%s” for %s %s: %s",
                    self.display_name, self.model, ids[0], error,
                )
                return mails
            self.env.invalidate_all(flush=False)
        return mails.union(*(self._send_collection_batch([one], email_values) for one in ids))

    @api.constrains("subject", "body_html", "model_id")
    def _check_collection_wording(self):
        ours = self.filtered(lambda template: (template.model or "").startswith("collection."))
        for lang, _name in self.env["res.lang"].get_installed() if ours else ():
            for template in ours.with_context(lang=lang):
                self.env["collection.word"]._check_wording(
                    f"{template.subject or ''}\n{template.body_html or ''}"
                )

