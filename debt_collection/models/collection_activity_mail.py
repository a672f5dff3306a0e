from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    message_id = fields.Many2one(
        "mail.message", "E-Mail", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null", help="The message in the case's log that this contact is.",
    )
