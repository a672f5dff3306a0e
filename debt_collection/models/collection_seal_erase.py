from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# What is cleared of a person's own record.
PERSON_FIELDS = ("email", "phone", "street", "street2", "zip", "city", "vat", "website",
                 "function", "comment", "ref", "image_1920", "barcode")
# Free text on the cases of a person who owes, by table and column that names the case.
CASE_TEXTS = {
    "collection_case": ("id", ("business_note", "financial_note", "credit_note", "plan_note")),
    "collection_promise": ("case_id", ("note",)),
    "collection_plan": ("case_id", ("note", "accepted_by")),
    "collection_dispute": ("case_id", ("resolution_note",)),
}


class CollectionSeal(models.Model):
    """A person's data can be erased; figures and chain stay as they were (GDPR 17, PIPL 47)."""

    _inherit = "collection.seal"

    @api.model
    def _anonymise_person(self, partner):
        """Erase what the collection record says of a person, in every company.

        The hashes of what is erased stay in the seals, so that the chain still fits. Entries,
        invoices and the address on them are kept as long as accounting law asks for.

        :return: dict of counts ``contacts``, ``items``, and ``partner``: whether the person's own
            record was cleared as well
        :raises UserError: if the person's data is still needed, or under legal hold
        """
        partner.ensure_one()
        self._check_can_anonymise(partner)
        # A person's data lies in records of many people and companies.
        partner_sudo = partner.sudo().with_context(active_test=False)
        contacts_sudo = self._get_contacts_of(partner_sudo)
        cases_sudo = self._get_cases_of(partner_sudo)
        self.env.flush_all()
        self._erase_contacts(contacts_sudo)
        items = self._erase_list_items(partner_sudo)
        self._erase_texts(cases_sudo)
        self._erase_messages(partner_sudo, contacts_sudo)
        self.env.invalidate_all()
        cleared = not self._has_entries_to_keep(partner_sudo)
        if cleared:
            partner_sudo.write({
                "name": self.env._("Erased person %s", partner.id),
                **dict.fromkeys(PERSON_FIELDS, False),
            })
        return {"contacts": len(contacts_sudo), "items": items, "partner": cleared}

    @api.model
    def _check_can_anonymise(self, partner):
        """Raise unless a person's data is asked to be erased that nobody needs any more."""
        if not self.env.su and not self.env.user.has_group("debt_collection.group_manager"):
            raise AccessError(self.env._("Only a collection manager has personal data erased."))
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
        own = self._get_cases_of(partner_sudo)
        (own | self._get_contacts_of(partner_sudo).case_id)._check_no_legal_hold()
        for case in own:
            if case.stage != "closed":
                raise UserError(
                    self.env._("The case %(case)s is open: the data is still needed.",
                               case=case.display_name)
                )

    @api.model
    def _get_contacts_of(self, partner_sudo):
        """The contacts with a person, those that name the person, and those on own debts."""
        return self.env["collection.activity"].sudo().with_context(active_test=False).search([
            "|", "|", ("contact_id", "=", partner_sudo.id),
            ("participant_ids", "in", partner_sudo.ids), ("partner_id", "=", partner_sudo.id),
        ])

    @api.model
    def _get_cases_of(self, partner_sudo):
        return self.env["collection.case"].sudo().with_context(active_test=False).search(
            [("partner_id", "=", partner_sudo.id)]
        )

    @api.model
    def _erase_contacts(self, contacts_sudo):
        """First the parts in the seals: PostgreSQL lets nothing else go before."""
        ids = contacts_sudo.ids
        papers_sudo = contacts_sudo.attachment_ids
        self.env.execute_query(
            SQL(
                "UPDATE collection_seal SET personal = '{}'"
                " WHERE model = 'collection.activity' AND res_id = ANY(%s) RETURNING id", ids,
            )
        )
        self.env.execute_query(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s) RETURNING 1",
                SQL.identifier(contacts_sudo._fields["attachment_ids"].relation),
                SQL.identifier(contacts_sudo._fields["attachment_ids"].column1), ids,
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE collection_activity SET feedback = NULL, place = NULL, next_note = NULL"
                " WHERE id = ANY(%s) RETURNING id", ids,
            )
        )
        self.env.invalidate_all(flush=False)
        papers_sudo.unlink()

    @api.model
    def _erase_list_items(self, partner_sudo):
        """Take a person's name off the monthly lists; return from how many items."""
        self.env.execute_query(
            SQL(
                """
                UPDATE collection_seal seal
                   SET personal = (seal.personal::jsonb - item.keys)::text
                  FROM (SELECT list_id, ARRAY_AGG('line_ids.' || id || '.partner_name') AS keys
                          FROM collection_overdue_list_line WHERE partner_id = %s
                      GROUP BY list_id) item
                 WHERE seal.model = 'collection.overdue.list' AND seal.res_id = item.list_id
             RETURNING seal.id
                """,
                partner_sudo.id,
            )
        )
        return len(self.env.execute_query(
            SQL(
                "UPDATE collection_overdue_list_line SET partner_name = NULL"
                " WHERE partner_id = %s RETURNING id", partner_sudo.id,
            )
        ))

    @api.model
    def _erase_texts(self, cases_sudo):
        for table, (owner, columns) in CASE_TEXTS.items():
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s WHERE %s = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in columns),
                    SQL.identifier(owner), cases_sudo.ids,
                )
            )

    @api.model
    def _erase_messages(self, partner_sudo, contacts_sudo):
        """Empty the person's e-mails, and those that were recorded as contacts with them."""
        messages_sudo = contacts_sudo.message_id | self.env["mail.message"].sudo().search([
            ("author_id", "=", partner_sudo.id), ("model", "=", "collection.case"),
        ])
        messages_sudo.attachment_ids.unlink()
        messages_sudo.write({"body": False, "subject": False, "email_from": False})

    @api.model
    def _has_entries_to_keep(self, partner_sudo):
        """Whether accounting law still asks for the person's name and address."""
        for company in self.env["res.company"]._get_collection_companies():
            today = company._get_collection_today()
            if self.env["account.move"].sudo().search_count(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "posted"),
                    ("partner_id", "=", partner_sudo.id),
                    ("date", ">=", company._get_collection_kept_since("entry", today)),
                ],
                limit=1,
            ):
                return True
        return False
