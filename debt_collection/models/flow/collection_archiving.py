from odoo import api, models

from ..record.collection_archiving import Archived

ARCHIVED = {
    "case": Archived(
        "collection.case", "date_closed", [("stage", "=", "closed"), ("legal_hold", "=", False)]
    ),
    "list": Archived("collection.overdue.list", "date", [("state", "=", "signed")]),
    "log": Archived(
        "collection.access.log", "date", [("case_id.legal_hold", "=", False)], is_deleted=True
    ),
}


class CollectionArchiving(models.Model):
    """What is put away once it is old, and who is asked before."""

    _inherit = "collection.archiving"

    @api.model
    def _on_archived(self, kind):
        return ARCHIVED[kind]

    def _on_proposed(self):
        policy = self.env["collection.policy"]._get_default(self.company_id)
        if policy.manager_id:
            self._ask(policy.manager_id)
