from odoo import api, fields, models

from ..policy.collection_policy_step import METHODS


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    collection_method = fields.Selection(
        # A plain task has nobody to contact.
        [method for method in METHODS if method[0] != "other"],
        help="A to-do of this type on a collection case is done by recording the contact.",
    )

    @api.model
    def _get_collection_types(self):
        """The type of a to-do by the method of its step."""
        names = {
            "phone": "debt_collection.mail_activity_type_phone",
            "visit": "debt_collection.mail_activity_type_visit",
            "letter": "debt_collection.mail_activity_type_letter",
            "email": "debt_collection.mail_activity_type_email",
            "legal": "debt_collection.mail_activity_type_legal",
            "other": "mail.mail_activity_data_todo",
        }
        return {method: self.env.ref(name) for method, name in names.items()}

