from odoo import models


class CollectionChannelOther(models.AbstractModel):
    """Ways of people's own: the customer's supplier portal, a fax, a messenger.

    Letters sent by a channel whose add-on was uninstalled stay with this one.
    """

    _name = "collection.channel.other"
    _description = "Letters by Another Way"
    _inherit = "collection.channel"

    _is_manual = True
