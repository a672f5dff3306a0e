from odoo import models

from .res_partner_contact import CHANNEL_FIELDS

NOTICES = ("final", "lawyer")


class CollectionLetter(models.Model):
    """What the customer asked for: letters keep to it, as calls do (P1.1, P1.2)."""

    _inherit = "collection.letter"

    def _find_wishes(self, found):
        """No letter by a way that the customer refused; notices of legal weight go all the same.

        Nobody learns of the debt whom the law keeps from it.
        """
        self.ensure_one()
        # Wishes are kept on contacts that a collector need not see.
        partner_sudo = self.partner_id.sudo()
        contact_sudo = self.contact_id.sudo() or partner_sudo
        if self.kind not in NOTICES:
            people_sudo = partner_sudo | contact_sudo
            today = self.company_id._get_collection_today()
            channel = "email" if self.channel == "email" else "letter"
            if any(people_sudo.mapped(CHANNEL_FIELDS[channel])):
                found.blocks.append(
                    self.env._("The customer does not want to be contacted this way.")
                )
            if any(day <= today for day in people_sudo.mapped("collection_cease_date") if day):
                found.blocks.append(self.env._("The customer sent a cease notice."))
        # The law holds, whoever may read the rules.
        rule = self.env["collection.contact.rule"].sudo()._choose_for(partner_sudo, self.company_id)
        if rule.is_third_party_barred and not contact_sudo._is_collection_authorised():
            found.blocks.append(
                self.env._(
                    "%(rule)s: %(contact)s is not authorised to learn of the debts.",
                    rule=rule.name, contact=contact_sudo.display_name,
                )
            )
