from odoo import api, models


class MailTemplate(models.Model):
    """Templates for cases are free of what must not be written, in every language (P1.2)."""

    _inherit = "mail.template"

    @api.constrains("subject", "body_html", "model_id")
    def _check_collection_wording(self):
        ours = self.filtered(lambda template: (template.model or "").startswith("collection."))
        for lang, _name in self.env["res.lang"].get_installed() if ours else ():
            for template in ours.with_context(lang=lang):
                self.env["collection.word"]._check_wording(
                    f"{template.subject or ''}\n{template.body_html or ''}"
                )

