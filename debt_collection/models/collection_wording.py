from odoo import api, fields, models


class CollectionActivity(models.Model):
    """A hint while a contact is written down: the record is read by others, too (P1.2)."""

    _inherit = "collection.activity"

    wording_warning = fields.Text("Wording", compute="_compute_wording_warning")

    @api.depends("feedback", "next_note")
    def _compute_wording_warning(self):
        words = self.env["collection.word"]
        for activity in self:
            text = "\n".join(filter(None, (activity.feedback, activity.next_note)))
            activity.wording_warning = words._find(text)._describe() or False


class CollectionPolicyStep(models.Model):
    """Instructions to collectors are free of what must not be said (P1.2)."""

    _inherit = "collection.policy.step"

    @api.constrains("name", "note")
    def _check_wording(self):
        for step in self:
            self.env["collection.word"]._check_wording(f"{step.name}\n{step.note or ''}")


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


class CollectionCase(models.Model):
    """What people write to customers from the case's log (P1.2)."""

    _inherit = "collection.case"

    def _check_words_to_customer(self, message):
        """Raise if a person writes to the customer what must not be written."""
        if (
            message.message_type == "comment"
            and not message.is_internal
            and not message.subtype_id.internal
            and message.author_id.user_ids
            and self._get_customer_recipients(message)
        ):
            self.env["collection.word"]._check_wording(message.body)
