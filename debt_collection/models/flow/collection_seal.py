from odoo import api, models
from odoo.exceptions import UserError

from ..record.collection_seal_erase import PersonalData

PERSONAL_DATA = PersonalData(
    links=("partner_id", "contact_id", "participant_ids"),
    debts="collection.case",
    debt_link="case_id",
    contacts="collection.activity",
    mail_link="message_id",
    texts={
        "collection.case": ("business_note", "financial_note", "credit_note", "plan_note",
                            "hold_reason"),
        "collection.promise": ("note",),
        "collection.plan": ("note", "accepted_by"),
        "collection.dispute": ("reason", "resolution_note"),
        "collection.letter": ("email_to", "email_copies"),
        "collection.portal.request": ("contact_name", "text", "answer"),
        "collection.sales.task": ("description", "answer"),
    },
)


class CollectionSeal(models.Model):
    """Where people's data is, and when it is still needed."""

    _inherit = "collection.seal"

    @api.model
    def _on_personal_data(self):
        return PERSONAL_DATA

    @api.model
    def _on_check_erasable(self, own_sudo, concerned_sudo):
        needed_sudo = concerned_sudo.filtered("legal_hold") | own_sudo.filtered(
            lambda case: case.stage != "closed"
        )
        # That data is needed is said to everybody; in which case, to who may see it.
        if needed_sudo and not needed_sudo.with_env(self.env(su=False)).has_access("read"):
            raise UserError(
                self.env._("A case that you do not see is open: the data is still needed.")
            )
        concerned_sudo._check_no_legal_hold()
        for case in own_sudo:
            if case.stage != "closed":
                raise UserError(
                    self.env._("The case %(case)s is open: the data is still needed.",
                               case=case.display_name)
                )

    @api.model
    def _on_erase_names(self, partner_sudo):
        return self.env["collection.overdue.list"]._erase_name(partner_sudo)
