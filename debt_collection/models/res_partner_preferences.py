from odoo import fields, models


class ResPartner(models.Model):
    """How a customer wants to be spoken to, entered by the customer or for them (P4.2).

    Not copied: who duplicates a contact may not read them, and the copy is somebody else.
    """

    _inherit = "res.partner"

    collection_preferred_person = fields.Char(
        "Ask For", copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
        help="Whom the customer wants to be asked for.",
    )
    collection_preferred_channel = fields.Selection(
        [("phone", "Phone"), ("email", "Email"), ("letter", "Letter")],
        "Preferred Way", copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance",
    )
    collection_preferred_hours = fields.Char(
        "Preferred Hours", copy=False,
        groups="debt_collection.group_collector,debt_collection.group_finance"
    )

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
