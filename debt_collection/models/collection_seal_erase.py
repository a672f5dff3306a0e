from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.erasure import person_pattern

# What is cleared of a person's own record.
PERSON_FIELDS = ("email", "phone", "street", "street2", "zip", "city", "vat", "website",
                 "function", "comment", "ref", "image_1920", "barcode")
# By which a person is found in what others wrote.
PERSON_WORDS = ("name", "email", "email_normalized", "phone", "street", "street2", "vat")


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
        invoices and the address on them are kept as long as accounting law asks for.

        :return: dict of counts ``contacts``, ``items``, and ``partner``: whether the person's own
            record was cleared as well
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
        items = self._erase_list_items(partner_sudo)
        for records_sudo in own.values():
            self._erase_parts(records_sudo)
        self._erase_texts(own)
        self._erase_papers(own)
        self._erase_messages(partner_sudo, own)
        if pattern:
            self._erase_words(pattern)
        self.env.invalidate_all(flush=False)
        cleared = not self._has_entries_to_keep(partner_sudo)
        if cleared:
            partner_sudo.with_context(tracking_disable=True).write({
                "name": self.env._("Erased person %s", partner.id),
                **dict.fromkeys(PERSON_FIELDS, False),
            })
            self._erase_partner_messages(partner_sudo)
        return {"contacts": contacts, "items": items, "partner": cleared}

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
        own = self._get_cases_of(partner_sudo)
        concerned = own | self._get_contacts_of(partner_sudo).case_id
        for records_sudo in self._get_records_of(partner_sudo).values():
            if "case_id" in records_sudo._fields:
                concerned |= records_sudo.case_id
        concerned._check_no_legal_hold()
        for case in own:
            if case.stage != "closed":
                raise UserError(
                    self.env._("The case %(case)s is open: the data is still needed.",
                               case=case.display_name)
                )

    @api.model
    def _get_contacts_of(self, partner_sudo):
        """The contacts with a person, those that name the person, and those on own debts."""
        return self._get_records_of(partner_sudo, ["collection.activity"])["collection.activity"]

    @api.model
    def _get_cases_of(self, partner_sudo):
        # Cases of every company count, whoever may see them.
        return self.env["collection.case"].sudo().with_context(active_test=False).search(
            [("partner_id", "=", partner_sudo.id)]
        )

    @api.model
    def _erase_list_items(self, partner_sudo):
        """Take a person's name off the monthly lists; return from how many items.

        The papers of those lists show the name: they go, and are printed anew when needed.
        """
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
        rows = self.env.execute_query(
            SQL(
                "UPDATE collection_overdue_list_line SET partner_name = NULL"
                " WHERE partner_id = %s RETURNING list_id", partner_sudo.id,
            )
        )
        self._erase_attachments("collection.overdue.list", [row[0] for row in rows])
        return len(rows)

    @api.model
    def _has_entries_to_keep(self, partner_sudo):
        """Whether accounting law still asks for the person's name and address."""
        for company in self.env["res.company"]._get_collection_companies():
            today = company._get_collection_today()
            # The books as a whole, not those entries that the user may open.
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
