from odoo import fields, models


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    channel = fields.Selection(
        selection_add=[("sms", "Text Message")],
        ondelete={"sms": lambda letters: letters._drop_channel("sms")},
    )
