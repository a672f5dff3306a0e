import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.erasure import ERASED, person_pattern
from ...tools.evidence import safe_name

# What is cleared of a person's own record.
PERSON_FIELDS = ("email", "phone", "street", "street2", "zip", "city", "vat", "website",
                 "function", "comment", "ref", "image_1920", "barcode")
# Of these, what accounting law asks for of who is on an entry; the rest goes all the same.
ENTRY_FIELDS = ("street", "street2", "zip", "city", "vat", "ref")
# By which a person is found in what others wrote.
PERSON_WORDS = ("name", "email", "email_normalized", "phone", "street", "street2", "vat")
README = """The collection record of the database “{database}”, kept when the add-on was
uninstalled on {date} (UTC).

manifest.json   SHA-256 of each file here, and the last seal of each company's chain
seals/          each company's chain; docs/verify.py of the add-on checks it
personal/       the personal parts of the seals with their salts, as far as not erased
tables/         every row of every table, one JSON object a line
papers/         letters and other papers, named by their SHA-256; see tables/ir_attachment.jsonl
"""
TEXT_TYPES = ("char", "text", "html")
OURS_LIKE = "collection.%"
OURS_MODEL = SQL("t.model LIKE %s", OURS_LIKE)
OURS_RECORD = SQL("t.res_model LIKE %s", OURS_LIKE)
OURS_MESSAGE = SQL(
    "t.mail_message_id IN (SELECT id FROM mail_message WHERE model LIKE %s)", OURS_LIKE
)
# Texts of Odoo's own tables that speak of our records: columns, and which rows are ours.
ODOO_TEXTS = {
    "mail_message": (("body", "subject", "email_from", "reply_to"), OURS_MODEL),
    "mail_tracking_value": (
        ("old_value_char", "new_value_char", "old_value_text", "new_value_text"), OURS_MESSAGE,
    ),
    "mail_mail": (("body_html", "email_to", "email_cc", "headers"), OURS_MESSAGE),
    "mail_activity": (("summary", "note", "feedback"), OURS_RECORD),
    "calendar_event": (("name", "description"), OURS_RECORD),
    "rating_rating": (("feedback",), OURS_RECORD),
    "ir_attachment": (("name", "description"), OURS_RECORD),
}
# What the seals themselves are made of: their parts are erased, not rewritten.
SEAL_TEXTS = {"seal", "previous", "content", "personal"}


@dataclass(frozen=True)
class PersonalData:
    """Where the collection record speaks of a person.

    :param links: fields by which a record is about a person
    :param debts: the model of a customer's debts, with the customer in ``partner_id``
    :param debt_link: the field by which other records belong to a customer's debts
    :param contacts: the model of what was said to a person and by a person
    :param mail_link: the field by which such a contact names the message it was
    :param texts: free text on own debts that no seal is over, fields by model
    """

    links: tuple
    debts: str
    debt_link: str
    contacts: str
    mail_link: str
    texts: dict


class CollectionSeal(models.Model):
    """A person's data can be erased; figures and chain stay as they were (GDPR 17, PIPL 47).

    What is about the person goes whole: contacts, letters and papers of own debts, the name on
    lists. Where others wrote of the person, name and addresses go.
    """

    _inherit = "collection.seal"

    @api.model
    def _anonymise_person(self, partner):
        """Erase what the collection record says of a person, in every company.

        The hashes of what is erased stay in the seals, so that the chain still fits. Entries,
        invoices and the postal address on them are kept as long as accounting law asks for.

        :return: dict of counts ``contacts``, ``items``, and ``partner``: whether all of the
            person's own record was cleared as well; ``kept``: what of it stays, and why
        :raises UserError: if the person's data is still needed, or under legal hold
        """
        partner.ensure_one()
        self._check_can_anonymise(partner)
        # A person's data lies in records of many people and companies.
        partner_sudo = partner.sudo().with_context(active_test=False)
        contacts = len(self._get_contacts_of(partner_sudo))
        pattern = person_pattern(partner_sudo.mapped(name)[0] for name in PERSON_WORDS)
        # Before anything is gone, everything is found.
        own = self._get_records_of(partner_sudo)
        self.env.flush_all()
        items = self._on_erase_names(partner_sudo)
        for records_sudo in own.values():
            self._erase_parts(records_sudo)
        self._erase_texts(own)
        self._erase_papers(own)
        self._erase_messages(partner_sudo, own)
        if pattern:
            self._erase_words(pattern)
        self.env.invalidate_all(flush=False)
        words = [self._clear_partner(address) for address in self._get_addresses(partner_sudo)]
        kept = dict.fromkeys(part for part in words if part)
        return {
            "contacts": contacts, "items": items, "partner": not kept, "kept": "\n".join(kept),
        }

    @api.model
    def _get_addresses(self, partner_sudo):
        """The person, and each address kept for them."""
        return partner_sudo | partner_sudo.child_ids.filtered(
            lambda address: not address.is_company and not address.user_ids
        )

    @api.model
    def _clear_partner(self, partner_sudo):
        """Clear a person's record, or one of their addresses, but for what entries need.

        :return: in words what stays, until when and why; empty if nothing does
        """
        until, company = self._get_needed_for_entries(partner_sudo)
        names = [name for name in PERSON_FIELDS if not until or name not in ENTRY_FIELDS]
        words = until and self.env._(
            "Name, postal address, tax number and reference stay until %(date)s: accounting law"
            " asks for them on entries of %(company)s.",
            company=company.name, date=format_date(self.env, until),
        )
        partner_sudo.with_context(tracking_disable=True).write({
            **dict.fromkeys(names, False),
            **({} if until else {"name": self.env._("Erased person %s", partner_sudo.id)}),
        })
        # Their log has old addresses, whatever stays of the record itself.
        self._erase_partner_messages(partner_sudo)
        return words or ""

    @api.model
    def _check_can_anonymise(self, partner):
        """Raise unless a person's data is asked to be erased that nobody needs any more."""
        if not self.env.su and not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager has personal data erased."))
        # Cases of every company count, whoever may see them.
        partner_sudo = partner.sudo().with_context(active_test=False)
        if partner_sudo.is_company:
            raise UserError(
                self.env._("%(partner)s is a company: only a person's data is erased.",
                           partner=partner.display_name)
            )
        if partner_sudo.user_ids:
            raise UserError(
                self.env._("%(partner)s has a user: delete or reassign the user first.",
                           partner=partner.display_name)
            )
        link = self._on_personal_data().debt_link
        own_sudo = self._get_debts_of(partner_sudo)
        concerned_sudo = own_sudo.union(*(
            records_sudo[link] for records_sudo in self._get_records_of(partner_sudo).values()
            if link in records_sudo._fields
        ))
        self._on_check_erasable(own_sudo, concerned_sudo)

    @api.model
    def _on_personal_data(self):
        """Called to learn where the rooms keep what is about a person.

        Implemented in models/flow/collection_seal.py.

        :return: a ``PersonalData``
        """

    @api.model
    def _on_check_erasable(self, own_sudo, concerned_sudo):
        """Called before personal data is erased, to raise if it is still needed.

        Implemented in models/flow/collection_seal.py.

        :param own_sudo: the person's own debts
        :param concerned_sudo: these, and the debts of others on which the person is named
        """

    @api.model
    def _on_erase_names(self, partner_sudo):
        """Called to take a person's name off what keeps it of many customers.

        Implemented in models/flow/collection_seal.py.

        :return: from how many items it was taken
        """

    @api.model
    def _get_contacts_of(self, partner_sudo):
        """The contacts with a person, those that name the person, and those on own debts."""
        model = self._on_personal_data().contacts
        return self._get_records_of(partner_sudo, [model])[model]

    @api.model
    def _get_debts_of(self, partner_sudo):
        # Debts to every company count, whoever may see them.
        model_sudo = self.env[self._on_personal_data().debts].sudo()
        return model_sudo.with_context(active_test=False).search(
            [("partner_id", "=", partner_sudo.id)]
        )

    @api.model
    def _get_needed_for_entries(self, partner_sudo):
        """Until when accounting law asks for a name and postal address, and in which company.

        :return: the last day and the company; ``None`` and an empty one if it does not
        """
        last, needed_by = None, self.env["res.company"]
        for company in self.env["res.company"]._get_collection_companies():
            today = company._get_collection_today()
            since = company._get_collection_kept_since("entry", today)
            # The books as a whole, not those entries that the user may open.
            newest_sudo = self.env["account.move"].sudo().search(
                Domain([
                    ("company_id", "=", company.id), ("state", "=", "posted"),
                    ("date", ">=", since),
                ]) & (
                    Domain("partner_id", "=", partner_sudo.id)
                    | Domain("partner_shipping_id", "=", partner_sudo.id)
                ),
                order="date DESC", limit=1,
            )
            if newest_sudo:
                until = newest_sudo.date + (today - since)
                if not last or until > last:
                    last, needed_by = until, company
        return last, needed_by

    # The record outlives the add-on: uninstalling leaves it behind as one file (P3.7, P6.3).

    @api.model
    def _archive_record(self):
        """Keep the whole record as a ZIP that system administrators alone can open.

        :return: the attachment; none if nothing was ever recorded
        """
        self.env.flush_all()
        if not self.sudo().search_count([], limit=1):
            return self.env["ir.attachment"]
        now = fields.Datetime.now()
        output, sums = io.BytesIO(), {}
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as book:

            def add(name, content):
                sums[name] = hashlib.sha256(content).hexdigest()
                book.writestr(name, content)

            add("README.txt", README.format(database=self.env.cr.dbname, date=now).encode())
            for name, content in self._get_archive_chains():
                add(name, content)
            for table in self._get_archive_tables():
                add(f"tables/{table}.jsonl", self._get_archive_rows(SQL.identifier(table)))
            for name, content in self._get_archive_papers():
                if name not in sums:
                    add(name, content)
            book.writestr("manifest.json", json.dumps(self._get_archive_manifest(sums), indent=1))
        # Without a record that it belongs to, nobody but system administrators opens it.
        return self.env["ir.attachment"].sudo().create({
            "name": f"collection record {now:%Y-%m-%d %H%M}.zip",
            "raw": output.getvalue(),
            "mimetype": "application/zip",
            "description": "Kept when Debt Collection was uninstalled.",
        })

    @api.model
    def _get_archive_companies(self):
        # The record of every company is kept, whoever uninstalls the add-on.
        return self.sudo()._read_group([], aggregates=["company_id:recordset"])[0][0]

    @api.model
    def _get_archive_chains(self):
        """Pairs of name and content: the chain of each company, and its personal parts."""
        for company in self._get_archive_companies():
            seals_sudo = self.sudo().search([("company_id", "=", company.id)], order="number")
            personal = {seal.number: json.loads(seal.personal or "{}") for seal in seals_sudo}
            yield (
                f"seals/{company.id}.json", json.dumps(seals_sudo._get_export(), indent=1).encode()
            )
            yield f"personal/{company.id}.json", json.dumps(personal, indent=1).encode()

    @api.model
    def _get_archive_manifest(self, sums):
        heads = {}
        for company in self._get_archive_companies():
            number, seal = self._get_head(company)
            heads[company.id] = {"company": company.name, "number": number, "seal": seal}
        return {"files": sums, "heads": heads}

    @api.model
    def _get_archive_tables(self):
        """The tables of the add-on's models, in alphabetical order."""
        return sorted(
            model._table for name, model in self.env.registry.items()
            if name.startswith("collection.") and model._auto and not model._abstract
            and not model._transient
        )

    @api.model
    def _get_archive_rows(self, source):
        """Rows of a table or query as JSON, one a line."""
        rows = self.env.execute_query(SQL("SELECT row_to_json(kept)::text FROM %s kept", source))
        return "\n".join(row for (row,) in rows).encode()

    @api.model
    def _get_linked_papers(self):
        """Ids of the attachments that our records name: not all belong to the record itself."""
        ids = set()
        for name, model in self.env.registry.items():
            if not name.startswith("collection.") or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                if field.type == "many2many" and field.store and (
                    field.comodel_name == "ir.attachment"
                ):
                    ids.update(paper_id for (paper_id,) in self.env.execute_query(SQL(
                        "SELECT %s FROM %s",
                        SQL.identifier(field.column2), SQL.identifier(field.relation),
                    )))
        return list(ids)

    @api.model
    def _get_archive_papers(self):
        """Pairs of name and content: a list of the papers of our records, and each of them."""
        # The record is kept whole, whoever uninstalls the add-on.
        papers_sudo = self.env["ir.attachment"].sudo().with_context(bin_size=False).search(
            Domain("type", "=", "binary") & (
                Domain("res_model", "=like", "collection.%")
                | Domain("id", "in", self._get_linked_papers())
            ),
            order="id",
        )
        listed = []
        for paper in papers_sudo:
            content = paper.raw or b""
            checksum = hashlib.sha256(content).hexdigest()
            name = f"papers/{checksum}-{safe_name(paper.name)}"
            listed.append(json.dumps({
                "id": paper.id, "name": paper.name, "res_model": paper.res_model,
                "res_id": paper.res_id, "sha256": checksum,
            }))
            yield name, content
        yield "tables/ir_attachment.jsonl", "\n".join(listed).encode()

    # What is about a person goes whole: parts of sealed records, free text, papers, messages.

    @api.model
    def _get_records_of(self, partner_sudo, names=None):
        """By model, the records that are about a person or about own debts."""
        data = self._on_personal_data()
        debts_sudo = self._get_debts_of(partner_sudo)
        found = {}
        for name in names or self._get_record_models():
            model_sudo = self.env[name].sudo().with_context(active_test=False)
            domains = [
                Domain(link, "in", partner_sudo.ids)
                for link in data.links
                if link in model_sudo._fields and model_sudo._fields[link].store
                and model_sudo._fields[link].comodel_name == "res.partner"
            ]
            owner = model_sudo._fields.get(data.debt_link)
            if owner and owner.store:
                domains.append(Domain(owner.name, "in", debts_sudo.ids))
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
        for model, names in self._on_personal_data().texts.items():
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
        data = self._on_personal_data()
        messages_sudo |= own[data.contacts][data.mail_link]
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

    # Where others wrote of a person, the person's name and addresses go.

    @api.model
    def _erase_words(self, pattern):
        """Take what a pattern finds out of every text of ours, sealed or not.

        :param pattern: see `person_pattern`
        """
        self.env.flush_all()
        self._erase_found_papers(pattern)
        for name in self._get_record_models():
            model = self.env[name]
            personal = getattr(model, "_sealed_personal", ())
            kept = {*getattr(model, "_sealed_fields", ()), *personal, *SEAL_TEXTS}
            for field in model._fields.values():
                if not field.store or field.type not in TEXT_TYPES or field.translate:
                    continue
                if field.name in personal:
                    self._erase_found_parts(model, field.name, pattern)
                elif field.name not in kept and not self._is_sealed_line(name, field.name):
                    self._replace(model._table, field.name, pattern)
        for table, (columns, condition) in ODOO_TEXTS.items():
            for column in columns:
                self._replace(table, column, pattern, condition)
        self.env.invalidate_all(flush=False)

    @api.model
    def _is_sealed_line(self, model, name):
        """Whether a field of lines is sealed with the record that they belong to."""
        return any(
            owner._fields[lines].comodel_name == model and name in (*plain, *private)
            for owner in map(self.env.get, self._get_sealed_models())
            for lines, (plain, private) in owner._sealed_lines.items()
        )

    @api.model
    def _replace(self, table, column, pattern, condition=None):
        name = SQL.identifier("t", column)
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s t SET %(target)s = regexp_replace(%(column)s::text, %(pattern)s,"
                " %(erased)s, 'gi') WHERE %(column)s::text ~* %(pattern)s AND %(condition)s"
                " RETURNING t.id",
                table=SQL.identifier(table), target=SQL.identifier(column), column=name,
                pattern=pattern, erased=ERASED, condition=condition or SQL("TRUE"),
            )
        )

    @api.model
    def _erase_found_parts(self, model, name, pattern):
        """Erase the sealed texts of a field that speak of the person, each as a whole."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE %s ~* %s", SQL.identifier(model._table),
                SQL.identifier(name), pattern,
            )
        )
        self._erase_one_part(model.sudo().browse(row[0] for row in rows), name)

    @api.model
    def _erase_one_part(self, records_sudo, name):
        if not records_sudo:
            return
        self.env.execute_query(
            SQL(
                "UPDATE collection_seal SET personal = (personal::jsonb - %s)::text"
                " WHERE model = %s AND res_id = ANY(%s) RETURNING id",
                name, records_sudo._name, records_sudo.ids,
            )
        )
        self._erase_field(records_sudo, name)

    @api.model
    def _erase_found_papers(self, pattern):
        """Delete papers of ours that speak of the person, with the parts of seals on them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM ir_attachment WHERE res_model LIKE %s AND index_content ~* %s",
                OURS_LIKE, pattern,
            )
        )
        # Papers of ours, whoever put them there.
        papers_sudo = self.env["ir.attachment"].sudo().with_context(bin_size=False)
        plain_sudo = papers_sudo.search(
            [("res_model", "=like", OURS_LIKE), ("mimetype", "=like", "text/%")]
        )
        papers_sudo = papers_sudo.browse(row[0] for row in rows) | plain_sudo.filtered(
            lambda paper: re.search(
                pattern, (paper.raw or b"").decode(errors="ignore"), re.IGNORECASE
            )
        )
        for model_name in self._get_sealed_models():
            # What is erased is erased for everybody.
            model_sudo = self.env[model_name].sudo().with_context(active_test=False)
            for name in model_sudo._sealed_personal:
                if model_sudo._fields[name].comodel_name == "ir.attachment" and papers_sudo:
                    self._erase_one_part(
                        model_sudo.search([(name, "in", papers_sudo.ids)]), name
                    )
                    papers_sudo = papers_sudo.exists()
        papers_sudo.unlink()

