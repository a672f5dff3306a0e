from odoo import fields, models


class CollectionLetter(models.Model):
    _inherit = "collection.letter"

    channel = fields.Selection(
        selection_add=[("snailmail", "Posted by a Service")],
        ondelete={"snailmail": lambda letters: letters._drop_channel("snailmail")},
    )
