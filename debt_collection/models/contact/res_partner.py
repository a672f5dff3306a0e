import pytz

from odoo import fields, models

from odoo.addons.base.models.res_partner import _tz_get

from ...tools.contact_window import zones_of

CHANNEL_FIELDS = {
    "phone": "collection_no_phone",
    "visit": "collection_no_visit",
    "sms": "collection_no_sms",
    "email": "collection_no_email",
    "letter": "collection_no_letter",
}
# What customers asked for is for those who contact them or post for them.
ROLES = "debt_collection.group_collector,debt_collection.group_finance"

KIND_FIELDS = {
    "reminder": "collection_gets_reminder",
    "dunning": "collection_gets_letter",
    "final": "collection_gets_letter",
    "statement": "collection_gets_statement",
    "lawyer": "collection_gets_lawyer",
}
"""Which contacts get which kind of paper."""


class ResPartner(models.Model):
    """What customers asked for: how, when and whether they are contacted (P1.2)."""

    _inherit = "res.partner"

    type = fields.Selection(selection_add=[("collection", "Collection")])

    collection_contact_rule_id = fields.Many2one(
        "collection.contact.rule", "Contact Rule", copy=False, groups=ROLES,
        help="Empty: the first rule that fits country and kind of customer.",
    )
    collection_is_authorised = fields.Boolean(
        "May Speak for the Debtor", copy=False, groups=ROLES,
        help="Where a rule lets nobody else learn of the debt, this contact may.",
    )
    collection_no_phone = fields.Boolean("No Calls", copy=False, groups=ROLES)
    collection_no_visit = fields.Boolean("No Visits", copy=False, groups=ROLES)
    collection_no_sms = fields.Boolean("No Text Messages", copy=False, groups=ROLES)
    collection_no_email = fields.Boolean("No E-Mails", copy=False, groups=ROLES)
    collection_no_letter = fields.Boolean("No Letters", copy=False, groups=ROLES)
    collection_cease_date = fields.Date(
        "Cease Notice Of", copy=False, groups=ROLES,
        help="From this day on nothing but notices that the law asks for.",
    )
    collection_tz = fields.Selection(
        _tz_get, "Time Zone for Contacts", copy=False, groups=ROLES,
        help="Empty: that of the country. If the country has several, the customer's own if it is"
        " one of them, else a contact must be allowed in all of them. Without a country: the"
        " company's.",
    )
    collection_quiet_from = fields.Float(
        "Not From", copy=False, groups=ROLES, help="Inconvenient hours, local time."
    )
    collection_quiet_to = fields.Float("Not To", copy=False, groups=ROLES)
    collection_hours_agreed = fields.Boolean(
        "Agreed to Any Hour", copy=False, groups=ROLES,
        help="The hours of the contact rule do not bind."
    )
    _collection_quiet_hours = models.Constraint(
        "CHECK((collection_quiet_from IS NULL OR collection_quiet_from BETWEEN 0 AND 24)"
        " AND (collection_quiet_to IS NULL OR collection_quiet_to BETWEEN 0 AND 24))",
        "Inconvenient hours lie between 0 and 24.",
    )

    collection_preferred_person = fields.Char(
        "Ask For", copy=False,
        groups=ROLES,
        help="Whom the customer wants to be asked for.",
    )
    collection_preferred_channel = fields.Selection(
        [("phone", "Phone"), ("email", "Email"), ("letter", "Letter")],
        "Preferred Way", copy=False,
        groups=ROLES,
    )
    collection_preferred_hours = fields.Char(
        "Preferred Hours", copy=False, groups=ROLES
    )
    collection_needs_reference = fields.Boolean(
        "Needs a Purchase Number", copy=False, groups=ROLES,
        help="The customer pays no invoice without its own purchase number as the reference.",
    )
    _collection_people = {
        "collection_contact_rule_id": ("manager",),
        **dict.fromkeys(
            (
                "collection_is_authorised", *CHANNEL_FIELDS.values(), "collection_cease_date",
                "collection_tz", "collection_quiet_from", "collection_quiet_to",
                "collection_hours_agreed", "collection_preferred_person",
                "collection_preferred_channel", "collection_preferred_hours", "collection_role",
                "collection_needs_reference",
                *KIND_FIELDS.values(),
            ),
            ("collector",),
        ),
    }

    # Who gets what: by kind of paper, from whose invoices it is about (P3.4).

    collection_role = fields.Selection(
        [("to", "Addressed To"), ("cc", "Copy"), ("bcc", "Blind Copy")], "Collection Letters",
        copy=False, groups=ROLES,
        help="How the contact gets the customer's reminders, letters and statements. Contacts of"
        " the type Collection get them without it.",
    )
    collection_gets_reminder = fields.Boolean(
        "Reminders", default=True, copy=False, groups=ROLES
    )
    collection_gets_letter = fields.Boolean(
        "Dunning Letters and Final Notices", default=True, copy=False, groups=ROLES
    )
    collection_gets_statement = fields.Boolean(
        "Statements", default=True, copy=False, groups=ROLES
    )
    collection_gets_lawyer = fields.Boolean(
        "Lawyer Letters", default=True, copy=False, groups=ROLES
    )

    def _get_collection_contacts(self):
        """The customer's contacts of all levels, without other companies below it."""
        self.ensure_one()
        people, level = self.browse(), self.commercial_partner_id
        while level := level.child_ids.filtered(
            lambda contact: not contact.is_company
        ) - people:
            people |= level
        return people

    def _gets_collection_kind(self, kind):
        """Whether the contact gets papers of a kind; ``None`` is any."""
        self.ensure_one()
        name = KIND_FIELDS.get(kind)
        return not name or self[name]

    def _get_collection_contact(self, kind=None, items=None, by_post=False):
        """Who gets e-mails and letters: collection contacts, whose invoices it is about, or the
        customer; the first of them with an e-mail address, on paper with a postal one.

        :param kind: of the paper, see ``KIND_FIELDS``; by default any
        :param items: the journal items it is about; their invoices' own contact goes before
            the one that Odoo takes for the customer's invoices
        :param by_post: whether it goes out on paper
        """
        chosen = self._get_collection_candidates(kind, items)
        posted = chosen.filtered(lambda contact: contact.street or contact.city or contact.zip)
        mailed = chosen.filtered("email")
        return ((posted if by_post else mailed or posted) or chosen)[:1]

    def _get_collection_candidates(self, kind=None, items=None):
        """Who may get papers of a kind, the first choice first; see `_get_collection_contact`."""
        self.ensure_one()
        customer = self.commercial_partner_id
        # Who gets letters is no secret to who writes them; other wishes may be.
        chosen = self._get_collection_contacts().sudo().filtered(
            lambda contact: contact._gets_collection_kind(kind) and (
                contact.collection_role == "to"
                or contact.type == "collection" and not contact.collection_role
            )
        ).sorted(lambda contact: contact.collection_role != "to").with_env(self.env)
        chosen |= self._get_collection_owner(items)
        chosen |= self.browse(customer.address_get(["invoice"])["invoice"])
        return chosen | customer

    def _get_collection_owner(self, items):
        """The contact whose invoices most of the amount of items is on; empty without any."""
        self.ensure_one()
        amounts = {}
        # Whose invoice it is, whoever may open it.
        for item_sudo in items.sudo() if items else ():
            partner = item_sudo.move_id.partner_id.with_env(self.env) or self.browse()
            if partner.commercial_partner_id == self.commercial_partner_id:
                amount = amounts.get(partner, 0.0) + item_sudo.amount_residual
                amounts[partner] = amount
        if not amounts:
            return self.browse()
        owner = max(amounts, key=lambda partner: (amounts[partner], -partner.id))
        if owner.type == "invoice" or owner == self.commercial_partner_id:
            # Odoo looks below a customer for the contact itself.
            return owner if owner.type == "invoice" else self.browse()
        return self.browse(owner.address_get(["invoice"])["invoice"])

    def _get_collection_copies(self, kind=None):
        """The contacts that get a copy of papers of a kind and can be written to by e-mail."""
        self.ensure_one()
        # What a contact asked for is kept, whoever may read it.
        return self._get_collection_contacts().sudo().filtered(
            lambda contact: contact.collection_role in ("cc", "bcc")
            and contact.email_normalized
            and not contact.collection_no_email
            and contact._gets_collection_kind(kind)
        ).with_env(self.env)

    # What customers asked for: how, when and whether they are contacted (P1.2).

    def _get_collection_contact_zones(self, company):
        """The time zones in which the customer may be: a contact keeps to the hours of each."""
        self.ensure_one()
        customer = self.commercial_partner_id
        country = self.country_id or customer.country_id
        names = zones_of(
            self.collection_tz or customer.collection_tz, country.code, self.tz or customer.tz,
            pytz.country_timezones,
        ) or (company._get_collection_tz(),)
        return [
            pytz.timezone(name if name in pytz.all_timezones_set else "UTC") for name in names
        ]

    def _is_collection_authorised(self):
        """Whether the contact may learn of the debt where a rule bars all others."""
        self.ensure_one()
        return bool(
            self == self.commercial_partner_id
            or self.collection_is_authorised
            or self.type in ("collection", "invoice")
        )

    # How a customer wants to be spoken to, entered by the customer or for them (P4.2).

    def _describe_collection_preferences(self):
        """How the customer wants to be spoken to, in a few words; empty for who may not know."""
        self.ensure_one()
        channel_field = self._fields["collection_preferred_channel"]
        if not self._has_field_access(channel_field, "read"):
            return ""
        channels = dict(channel_field._description_selection(self.env))
        return ", ".join(filter(None, (
            self.collection_preferred_person,
            channels.get(self.collection_preferred_channel),
            self.collection_preferred_hours,
        )))

    def _set_collection_preferences(self, person, hours, channel, lang, case):
        """Keep what the customer chose, and note it in the case's log."""
        self.ensure_one()
        self.write({
            "collection_preferred_person": person or False,
            "collection_preferred_hours": hours or False,
            "collection_preferred_channel": channel,
            **({"lang": lang} if lang else {}),
        })
        # The customer's page is in the customer's language.
        writer = case.company_id._in_collection_language(case, case.user_id)
        field = self._fields["collection_preferred_channel"]
        channel = dict(field._description_selection(writer.env)).get(channel)
        case.message_post(
            body=writer.env._(
                "The customer wants to be spoken to so: %(wish)s",
                wish=", ".join(filter(None, [person, channel, hours, lang])) or "–",
            ),
            subtype_xmlid="mail.mt_note",
        )

