from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# By which field a record is about a person.
PERSON_LINKS = ("partner_id", "contact_id", "participant_ids")
# Free text on own debts that no seal is over, by model.
FREE_TEXTS = {
    "collection.case": ("business_note", "financial_note", "credit_note", "plan_note",
                        "hold_reason"),
    "collection.promise": ("note",),
    "collection.plan": ("note", "accepted_by"),
    "collection.dispute": ("reason", "resolution_note"),
    "collection.letter": ("email_to",),
    "collection.portal.request": ("contact_name", "text", "answer"),
    "collection.sales.task": ("description", "answer"),
}


class CollectionSeal(models.Model):
    """What is about a person goes whole: parts of sealed records, free text, papers, messages."""

    _inherit = "collection.seal"

    @api.model
    def _get_records_of(self, partner_sudo, names=None):
        """By model, the records that are about a person or about own debts."""
        cases_sudo = self._get_cases_of(partner_sudo)
        found = {}
        for name in names or self._get_record_models():
            model_sudo = self.env[name].sudo().with_context(active_test=False)
            domains = [
                Domain(link, "in", partner_sudo.ids)
                for link in PERSON_LINKS
                if link in model_sudo._fields and model_sudo._fields[link].store
                and model_sudo._fields[link].comodel_name == "res.partner"
            ]
            if "case_id" in model_sudo._fields and model_sudo._fields["case_id"].store:
                domains.append(Domain("case_id", "in", cases_sudo.ids))
            if domains:
                found[name] = model_sudo.search(Domain.OR(domains))
        return found

    @api.model
    def _get_record_models(self):
        """Our models with a table, but for what says that somebody is to be forgotten."""
        return [
            name for name, model in self.env.registry.items()
            if name.startswith("collection.") and model._auto and not model._abstract
            and not model._transient and name != "collection.erasure"
        ]

    @api.model
    def _erase_parts(self, records_sudo):
        """Erase the personal parts of records, sealed or not.

        First the parts in the seals: PostgreSQL lets nothing else go before.
        """
        if not records_sudo or not getattr(records_sudo, "_sealed_personal", None):
            return
        self.env.execute_query(
            SQL(
                "UPDATE collection_seal SET personal = '{}'"
                " WHERE model = %s AND res_id = ANY(%s) RETURNING id",
                records_sudo._name, records_sudo.ids,
            )
        )
        for name in records_sudo._sealed_personal:
            self._erase_field(records_sudo, name)
        for name, (_plain, private) in records_sudo._sealed_lines.items():
            for line_name in private:
                self._erase_field(records_sudo[name], line_name)

    @api.model
    def _erase_field(self, records_sudo, name):
        """Empty a field whose parts in the seals are erased; papers are deleted with it."""
        field = records_sudo._fields[name]
        papers_sudo = self.env["ir.attachment"].sudo()
        if field.comodel_name == "ir.attachment":
            papers_sudo |= records_sudo[name]
        if field.type == "many2many":
            query = SQL(
                "DELETE FROM %s WHERE %s = ANY(%s) RETURNING 1", SQL.identifier(field.relation),
                SQL.identifier(field.column1), records_sudo.ids,
            )
        else:
            query = SQL(
                "UPDATE %s SET %s = %s WHERE id = ANY(%s) RETURNING id",
                SQL.identifier(records_sudo._table), SQL.identifier(name),
                "" if field.required else None, records_sudo.ids,
            )
        self.env.execute_query(query)
        self.env.invalidate_all(flush=False)
        papers_sudo.exists().unlink()

    @api.model
    def _erase_texts(self, own):
        for model, names in FREE_TEXTS.items():
            for name in names:
                if name in own[model]._fields:
                    self._erase_field(own[model], name)

    @api.model
    def _erase_papers(self, own):
        for model, records_sudo in own.items():
            self._erase_attachments(model, records_sudo.ids)

    @api.model
    def _erase_attachments(self, model, ids):
        """Delete the papers of records; those that a seal is over went with their part."""
        # Papers of the person, whoever put them there.
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", model), ("res_id", "in", ids), ("res_field", "=", False)]
        ).unlink()

    @api.model
    def _erase_messages(self, partner_sudo, own):
        """Empty the person's e-mails, and all that was written on own debts."""
        # Nobody sees all messages; what is erased is erased for everybody.
        model_sudo = self.env["mail.message"].sudo()
        domains = [Domain("author_id", "=", partner_sudo.id) & Domain("model", "=like",
                                                                      "collection.%")]
        for model, records_sudo in own.items():
            domains.append(
                Domain("model", "=", model) & Domain("res_id", "in", records_sudo.ids)
            )
        messages_sudo = model_sudo.search(Domain.OR(domains))
        if "message_id" in own["collection.activity"]._fields:
            messages_sudo |= own["collection.activity"].message_id
        self._empty_messages(messages_sudo)

    @api.model
    def _erase_partner_messages(self, partner_sudo):
        """The log of a person's own record keeps neither old names nor addresses."""
        self._empty_messages(self.env["mail.message"].sudo().search(
            [("model", "=", "res.partner"), ("res_id", "=", partner_sudo.id)]
        ))

    @api.model
    def _empty_messages(self, messages_sudo):
        messages_sudo.attachment_ids.unlink()
        messages_sudo.tracking_value_ids.unlink()
        # What is erased is erased for everybody.
        self.env["mail.mail"].sudo().search(
            [("mail_message_id", "in", messages_sudo.ids)]
        ).unlink()
        messages_sudo.exists().write({
            "body": False, "subject": False, "email_from": False, "reply_to": False,
        })
